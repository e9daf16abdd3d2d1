//! The tenant's JSON Web Key Set (RFC 7517): how it is parsed, fetched and cached.
#![forbid(unsafe_code)]

pub mod cache;
pub mod clock;
pub mod epoch;
pub mod fetch;
pub mod key_set;
pub mod state;
pub mod status;

#[cfg(test)]
mod test_tenant;
