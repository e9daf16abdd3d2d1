//! The cache of verified tokens: a client sends the same token with many requests, and its signature is verified once.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use lru::LruCache;

use crate::verified_token::VerifiedToken;

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
pub struct TokenCache(Mutex<LruCache<TokenDigest, Arc<VerifiedToken>>>);

impl Default for TokenCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::unbounded()))
    }
}

impl TokenCache {
    pub fn get(&self, digest: &TokenDigest) -> Option<Arc<VerifiedToken>> {
        self.lock().get(digest).cloned()
    }

    /// Remembers a token, then forgets the least recently used tokens until at most `size` are left.
    pub fn put(&self, digest: TokenDigest, token: Arc<VerifiedToken>, size: NonZeroUsize) {
        let mut tokens = self.lock();
        tokens.put(digest, token);
        while tokens.len() > size.get() {
            tokens.pop_lru();
        }
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<TokenDigest, Arc<VerifiedToken>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
