//! The cache of verified tokens: a client sends the same token with many requests, and its signature is verified once.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::PoisonError;

use aws_lc_rs::digest::{SHA256, digest};
use lru::LruCache;

use crate::sync::{Mutex, MutexGuard};
use crate::verified_token::VerifiedToken;

/// The longest token that is remembered, in bytes. Logto's have some 700.
pub const MAX_REMEMBERED_BYTES: usize = 4 * 1024;

/// The most tokens that one set remembers, whatever a verifier asks for: some 10 MiB of digests.
const MOST_TOKENS: usize = 100_000;

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

/// The proof that a key of one set has verified a token's signature. Nothing but the cache makes one.
pub struct Remembered(());

/// The tokens whose signature a key of one set has verified. The cache is dropped with its set. Their claims are no part of
/// it: they are read and checked anew each time.
#[derive(Default)]
pub struct TokenCache(Mutex<Inner>);

struct Inner {
    digests: LruCache<TokenDigest, ()>,
    /// The largest size that any verifier has asked for: a verifier with a smaller one does not evict the others' tokens.
    size: usize,
}

impl Default for Inner {
    fn default() -> Self {
        Self { digests: LruCache::unbounded(), size: 0 }
    }
}

impl TokenCache {
    pub fn get(&self, digest: &TokenDigest) -> Option<Remembered> {
        self.lock().digests.get(digest).map(|()| Remembered(()))
    }

    /// Remembers a verified token, then forgets the least recently used ones until the largest `size` so far is kept.
    pub fn put(&self, digest: TokenDigest, _proof: &VerifiedToken, size: NonZeroUsize) {
        let mut inner = self.lock();
        inner.size = inner.size.max(size.get().min(MOST_TOKENS));
        inner.digests.put(digest, ());
        while inner.digests.len() > inner.size {
            inner.digests.pop_lru();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    use super::*;
    use crate::signature::{Algorithm, VerifyingKey};
    use crate::token::{Header, Jws};

    fn verified_token() -> VerifiedToken {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let jws = Jws {
            header: Header { algorithm: Algorithm::EdDsa, kid: None, typ: None },
            signing_input: b"header.payload",
            payload: br#"{"sub":"user-1","exp":1}"#.to_vec(),
            signature: pair.sign(b"header.payload").as_ref().to_vec(),
        };
        let key = VerifyingKey::from_ed25519(pair.public_key().as_ref(), None).unwrap();
        VerifiedToken::verify(jws, &key).ok().unwrap()
    }

    /// The names that the cache still has, of those that were put.
    fn remembered(cache: &TokenCache, names: impl Iterator<Item = usize>) -> Vec<usize> {
        names.filter(|name| cache.get(&TokenDigest::of(&name.to_string())).is_some()).collect()
    }

    #[test]
    fn the_largest_size_that_was_asked_for_bounds_the_number_of_tokens() {
        let (cache, token) = (TokenCache::default(), verified_token());
        for (name, size) in [(0, 3), (1, 1), (2, 1), (3, 2)] {
            let size = NonZeroUsize::new(size).unwrap();
            cache.put(TokenDigest::of(&name.to_string()), &token, size);
        }
        assert_eq!(remembered(&cache, 0..4), [1, 2, 3]);
    }

    #[test]
    fn no_size_lets_a_set_remember_more_than_it_may() {
        let (cache, token) = (TokenCache::default(), verified_token());
        for name in 0..=MOST_TOKENS {
            cache.put(TokenDigest::of(&name.to_string()), &token, NonZeroUsize::MAX);
        }
        assert_eq!(remembered(&cache, 0..2), [1]);
    }
}
