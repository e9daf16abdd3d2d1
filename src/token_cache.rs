//! The tokens that have been verified, so that a token which comes with every request of its hour is verified once.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use lru::LruCache;

use crate::verified_token::VerifiedToken;

/// The SHA-256 of a whole token, signature included: no two tokens share it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// The tokens that keys of one set have verified. They are dropped with the set; refused tokens are never among them.
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

    /// Remembers a token, and forgets the least recently used ones past `size`.
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
