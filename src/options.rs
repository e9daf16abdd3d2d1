//! What a verifier is made with. `js/options.js` has read, checked and completed the user's options before; each keeps the
//! name that the user gave it.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;

use reqwest::Url;

use crate::claims::Expectations;
use crate::jwks::cache::Policy;

/// A verifier's settings.
#[derive(Debug, Clone)]
pub struct Options {
    pub jwks_uri: Url,
    pub expectations: Expectations,
    pub policy: Policy,
    /// Fetch for each call alone, and leave the cache as it is.
    pub skip_jwks_cache: bool,
    /// The most verified tokens to remember per key set; `None`: none.
    pub token_cache_size: Option<NonZeroUsize>,
}
