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
