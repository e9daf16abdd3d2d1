//! The options of a verifier, each under the user's name for it. `js/options.js` has read, checked and completed them.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::Arc;

use reqwest::Url;

use crate::claims::Expectations;
use crate::jwks::cache::Policy;
use crate::jwks::key_set::KeySet;

/// The options of one verifier.
pub struct Options {
    pub jwks_uri: Url,
    pub expectations: Expectations,
    pub policy: Policy,
    /// The only keys, if they are given: none are then fetched.
    pub jwks: Option<Arc<KeySet>>,
    /// Whether each call fetches the keys for itself; the cache is then neither read nor changed.
    pub skip_jwks_cache: bool,
    /// The most verified tokens to remember per key set; `None` remembers none.
    pub token_cache_size: Option<NonZeroUsize>,
}
