//! The tenant of the key cache's tests: its signing keys, a token of each, and the answers of its JWKS endpoint.

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use super::fetch::{FetchError, usable_keys};
use super::key_set::KeySet;

/// A signing key. The tenant publishes the first two at times; the third is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    First,
    Second,
    Stranger,
}

pub const SIGNERS: [Signer; 3] = [Signer::First, Signer::Second, Signer::Stranger];

static TOKENS: LazyLock<[String; 3]> = LazyLock::new(|| SIGNERS.map(sign));

impl Signer {
    pub fn kid(self) -> &'static str {
        ["first", "second", "stranger"][self as usize]
    }

    /// A token that this key has signed; always the same one.
    pub fn token(self) -> &'static str {
        &TOKENS[self as usize]
    }

    fn pair(self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[self as u8 + 1; 32]).unwrap()
    }

    fn jwk(self) -> serde_json::Value {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.pair().public_key());
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": self.kid(), "x": x })
    }
}

fn sign(signer: Signer) -> String {
    let encode = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = encode(json!({ "alg": "EdDSA", "kid": signer.kid() }));
    let payload = encode(json!({ "sub": "user-1", "exp": 4_000_000_000_u64 }));
    let signature = signer.pair().sign(format!("{header}.{payload}").as_bytes());
    format!("{header}.{payload}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// A key set that the tenant publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    First,
    /// The first key again, in an entry of other bytes.
    FirstReworded,
    Second,
    Both,
}

impl Published {
    pub fn signers(self) -> &'static [Signer] {
        match self {
            Self::First | Self::FirstReworded => &[Signer::First],
            Self::Second => &[Signer::Second],
            Self::Both => &[Signer::First, Signer::Second],
        }
    }

    fn body(self) -> Vec<u8> {
        let mut keys: Vec<_> = self.signers().iter().map(|signer| signer.jwk()).collect();
        if self == Self::FirstReworded {
            keys[0]["reworded"] = true.into();
        }
        json!({ "keys": keys }).to_string().into_bytes()
    }
}

/// How the endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Keys(Published),
    /// A key set, but none of its keys can verify a token.
    NoUsableKey,
    NoKeySet,
    /// Status 503, with a `Retry-After` in seconds.
    Unavailable {
        retry_after: Option<u64>,
    },
    /// Status 404.
    Denied,
}

impl Answer {
    pub fn fetched(self) -> Result<KeySet, FetchError> {
        match self {
            Self::Keys(published) => usable_keys(&BODIES[published as usize]),
            Self::NoUsableKey => usable_keys(br#"{"keys":[{"kty":"oct","k":"AA","kid":"first"}]}"#),
            Self::NoKeySet => usable_keys(b"<html>"),
            Self::Unavailable { retry_after } => Err(FetchError {
                retry_after: retry_after.map(Duration::from_secs),
                ..FetchError::outage("status 503")
            }),
            Self::Denied => Err(FetchError { is_outage: false, ..FetchError::outage("status 404") }),
        }
    }
}

static BODIES: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| {
    [Published::First, Published::FirstReworded, Published::Second, Published::Both].map(Published::body)
});
