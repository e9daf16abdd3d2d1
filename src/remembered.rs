//! Signatures that have been verified, so that a token which comes with every request of its hour is verified once.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use lru::LruCache;

use crate::claims::Claims;

/// What a token says whose signature has been verified. Whether that is enough, now and here, is for each caller to check.
pub struct Remembered {
    pub claims: Claims,
    /// The payload's own JSON text.
    pub payload: String,
}

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

/// The tokens remembered under one key set. They go with it; failures are never among them.
pub struct Signatures(Mutex<LruCache<TokenDigest, Arc<Remembered>>>);

impl Default for Signatures {
    fn default() -> Self {
        Self(Mutex::new(LruCache::unbounded()))
    }
}

impl Signatures {
    /// What is remembered of a token.
    pub fn recall(&self, token: &TokenDigest) -> Option<Arc<Remembered>> {
        self.lock().get(token).cloned()
    }

    /// Remembers a token, and forgets the least recently used ones past `most`.
    pub fn remember(&self, token: TokenDigest, remembered: Arc<Remembered>, most: NonZeroUsize) {
        let mut tokens = self.lock();
        tokens.put(token, remembered);
        while tokens.len() > most.get() {
            tokens.pop_lru();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<TokenDigest, Arc<Remembered>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
