//! The cache of verified tokens: a client sends the same token with many requests, and its signature is verified once.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::{Arc, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use lru::LruCache;

use crate::sync::{Mutex, MutexGuard};
use crate::verified_token::VerifiedToken;

/// The longest token that is remembered, in bytes. Logto's tokens have some 500.
pub const MAX_REMEMBERED_BYTES: usize = 4 * 1024;

/// The most memory that the tokens of one set may take, in bytes.
const MAX_CACHE_BYTES: usize = 16 * 1024 * 1024;

/// The bytes that the cache itself takes for each token: its digest, pointers, a slot of the table, the allocator's share.
const ENTRY_BYTES: usize = 160;

/// The SHA-256 of a whole token, signature included, so that a changed signature is another token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// The tokens whose signature a key of one set has verified. The cache is dropped with its set. Expiry, audience and
/// scopes are no part of it: they are checked anew each time.
#[derive(Default)]
pub struct TokenCache(Mutex<Inner>);

struct Inner {
    tokens: LruCache<TokenDigest, Arc<VerifiedToken>>,
    /// The largest size that any verifier has asked for: a verifier with a smaller one does not evict the others' tokens.
    size: usize,
    bytes: usize,
}

impl Default for Inner {
    fn default() -> Self {
        Self { tokens: LruCache::unbounded(), size: 0, bytes: 0 }
    }
}

impl TokenCache {
    pub fn get(&self, digest: &TokenDigest) -> Option<Arc<VerifiedToken>> {
        self.lock().tokens.get(digest).cloned()
    }

    /// Remembers a token, then forgets the least recently used tokens until the largest `size` so far and
    /// [`MAX_CACHE_BYTES`] are kept.
    pub fn put(&self, digest: TokenDigest, token: Arc<VerifiedToken>, size: NonZeroUsize) {
        let mut inner = self.lock();
        inner.size = inner.size.max(size.get());
        inner.bytes += cost(&token);
        if let Some(replaced) = inner.tokens.put(digest, token) {
            inner.bytes -= cost(&replaced);
        }
        while inner.tokens.len() > inner.size || inner.bytes > MAX_CACHE_BYTES {
            let Some((_, forgotten)) = inner.tokens.pop_lru() else { return };
            inner.bytes -= cost(&forgotten);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cost(token: &VerifiedToken) -> usize {
    ENTRY_BYTES + token.bytes()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    use super::*;
    use crate::signature::{Algorithm, VerifyingKey};
    use crate::token::{Header, Jws};

    const MIB: usize = 1024 * 1024;
    const MANY: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

    /// A token that takes a sixteenth of the cache's memory, to the byte.
    fn token_of_a_sixteenth() -> Arc<VerifiedToken> {
        // The list of audiences is one string of 24 bytes, whose text takes 32.
        let others = ENTRY_BYTES + size_of::<VerifiedToken>() + 24 + 32;
        let mut payload = String::with_capacity(MIB - others);
        payload += r#"{"sub":"user-1","exp":1,"aud":"a"}"#;
        payload.extend(std::iter::repeat_n(' ', MIB - others - payload.len()));
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let jws = Jws {
            header: Header { algorithm: Algorithm::EdDsa, kid: None, typ: None },
            signing_input: b"header.payload",
            payload: payload.into_bytes(),
            signature: pair.sign(b"header.payload").as_ref().to_vec(),
        };
        let key = VerifyingKey::from_ed25519(pair.public_key().as_ref()).unwrap();
        Arc::new(VerifiedToken::verify(jws, &key).ok().unwrap())
    }

    /// The names that the cache still has, of those that were put.
    fn remembered(cache: &TokenCache, names: impl Iterator<Item = usize>) -> Vec<usize> {
        names.filter(|name| cache.get(&TokenDigest::of(&name.to_string())).is_some()).collect()
    }

    #[test]
    fn tokens_are_kept_up_to_the_memory_of_the_cache_and_the_oldest_are_forgotten_for_more() {
        let (cache, token) = (TokenCache::default(), token_of_a_sixteenth());
        for name in 0..16 {
            cache.put(TokenDigest::of(&name.to_string()), token.clone(), MANY);
        }
        assert_eq!(remembered(&cache, 0..16).len(), 16);
        for name in 16..40 {
            cache.put(TokenDigest::of(&name.to_string()), token.clone(), MANY);
        }
        assert_eq!(remembered(&cache, 0..40), Vec::from_iter(24..40));
    }

    #[test]
    fn a_token_that_is_put_again_counts_once() {
        let (cache, token) = (TokenCache::default(), token_of_a_sixteenth());
        for name in (0..15).chain([14; 20]).chain(15..16) {
            cache.put(TokenDigest::of(&name.to_string()), token.clone(), MANY);
        }
        assert_eq!(remembered(&cache, 0..16).len(), 16);
        cache.put(TokenDigest::of("16"), token, MANY);
        assert_eq!(remembered(&cache, 0..17), Vec::from_iter(1..17));
    }

    #[test]
    fn the_largest_size_that_was_asked_for_bounds_the_number_of_tokens() {
        let (cache, token) = (TokenCache::default(), token_of_a_sixteenth());
        for (name, size) in [(0, 3), (1, 1), (2, 1), (3, 2)] {
            let size = NonZeroUsize::new(size).unwrap();
            cache.put(TokenDigest::of(&name.to_string()), token.clone(), size);
        }
        assert_eq!(remembered(&cache, 0..4), [1, 2, 3]);
    }
}
