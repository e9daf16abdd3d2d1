//! The parser of a JWK Set (RFC 7517 section 5), and the set of prepared keys that it gives.
#![forbid(unsafe_code)]

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::signature::{Algorithm, Curve, VerifyingKey};
use crate::strict_json;
use crate::token_cache::TokenCache;

/// The most entries that a JWK Set may list. A longer set is refused as a whole.
pub const MAX_KEYS: usize = 100;

/// The verifying keys of one response of a JWKS endpoint. A set never changes: a new response makes a new set.
pub struct KeySet {
    id: u64,
    keys: Vec<VerifyingKey>,
    by_kid: HashMap<String, usize>,
    /// The tokens that the keys of this set have verified.
    pub tokens: TokenCache,
    /// The JSON texts of the entries that hold the keys.
    jwks: Vec<Box<str>>,
}

/// Why a set has no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoKey {
    /// No key has the token's `kid`; or the token has no `kid`, and no key or several keys fit its algorithm.
    Unknown,
    /// The key with the token's `kid` is for another algorithm.
    OtherAlgorithm,
}

#[derive(Deserialize)]
struct JwkSet<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// The members of a JWK that decide which signatures its key verifies (RFC 7517 section 4, RFC 7518 section 6).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default, deserialize_with = "present")]
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    alg: Option<String>,
    #[serde(default, deserialize_with = "present")]
    r#use: Option<String>,
    #[serde(default, deserialize_with = "present")]
    key_ops: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    crv: Option<String>,
    #[serde(default, deserialize_with = "present")]
    x: Option<String>,
    #[serde(default, deserialize_with = "present")]
    y: Option<String>,
    #[serde(default, deserialize_with = "present")]
    n: Option<String>,
    #[serde(default, deserialize_with = "present")]
    e: Option<String>,
}

/// Deserializes an optional member. A member that is present must have its type: `null` does not count as absent.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(member: D) -> Result<Option<T>, D::Error> {
    T::deserialize(member).map(Some)
}

impl KeySet {
    /// Parses the body of a JWKS response. An entry that is malformed, of an unknown type or not for verifying is
    /// skipped, and so are entries that share a `kid`; the other entries stay.
    ///
    /// `None` if the body is not the UTF-8 text of a JSON object with one array `keys` of at most [`MAX_KEYS`] entries.
    pub fn parse(body: &[u8]) -> Option<Self> {
        // Serde does not look into the strings of a member that it skips.
        let text = str::from_utf8(body).ok()?;
        // Serde would also read the struct from a JSON array.
        if !text.trim_ascii_start().starts_with('{') {
            return None;
        }
        let jwks = serde_json::from_str::<JwkSet>(text).ok()?.keys;
        if jwks.len() > MAX_KEYS {
            return None;
        }
        let usable: Vec<(&str, Option<String>, VerifyingKey)> = jwks
            .into_iter()
            .filter_map(|jwk| prepare(jwk.get()).map(|(kid, key)| (jwk.get(), kid, key)))
            .collect();
        let mut uses = HashMap::new();
        for kid in usable.iter().filter_map(|(_, kid, _)| kid.clone()) {
            *uses.entry(kid).or_insert(0) += 1;
        }
        static NEXT_ID: AtomicU64 = AtomicU64::new(1);
        let mut set = Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            keys: Vec::new(),
            by_kid: HashMap::new(),
            tokens: TokenCache::default(),
            jwks: Vec::new(),
        };
        for (jwk, kid, key) in usable {
            if let Some(kid) = kid {
                if uses[&kid] > 1 {
                    continue;
                }
                set.by_kid.insert(kid, set.keys.len());
            }
            set.keys.push(key);
            set.jwks.push(jwk.into());
        }
        Some(set)
    }

    /// Whether both sets were read from the same entries, letter for letter, and so have the same keys.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.jwks == other.jwks
    }

    /// The JSON text of a JWK Set (RFC 7517 section 5) of these keys alone, each as it was published.
    pub fn to_json(&self) -> String {
        format!(r#"{{"keys":[{}]}}"#, self.jwks.join(","))
    }

    /// The number of the set, which no other set of the process has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The number of usable keys.
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// The key that may verify a token with this `kid` and algorithm. Without a `kid`, exactly one key must fit.
    pub fn select(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&VerifyingKey, NoKey> {
        let Some(kid) = kid else {
            let mut fitting = self.keys.iter().filter(|key| key.fits(algorithm));
            return match (fitting.next(), fitting.next()) {
                (Some(only), None) => Ok(only),
                _ => Err(NoKey::Unknown),
            };
        };
        let key = self.by_kid.get(kid).map(|index| &self.keys[*index]).ok_or(NoKey::Unknown)?;
        if key.fits(algorithm) { Ok(key) } else { Err(NoKey::OtherAlgorithm) }
    }
}

/// The members of a private key (RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2). A JWK with any of them lets anybody sign.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

fn prepare(jwk: &str) -> Option<(Option<String>, VerifyingKey)> {
    let members = strict_json::parse_object(jwk)?;
    if PRIVATE.iter().any(|name| members.get(name).is_some()) {
        return None;
    }
    let jwk: Jwk = serde_json::from_str(jwk).ok()?;
    let is_for_verifying = jwk.r#use.as_deref().is_none_or(|purpose| purpose == "sig")
        && jwk.key_ops.as_deref().is_none_or(allows_verifying);
    if !is_for_verifying {
        return None;
    }
    // A JWK with an unknown `alg` is skipped: read as a JWK without `alg`, its key would verify other algorithms.
    let declared = match &jwk.alg {
        Some(name) => Some(Algorithm::from_name(name)?),
        None => None,
    };
    let key = match jwk.kty.as_str() {
        "EC" => VerifyingKey::from_ec_point(
            Curve::from_name(jwk.crv.as_deref()?)?,
            &decode(&jwk.x)?,
            &decode(&jwk.y)?,
        )?,
        "OKP" if jwk.crv.as_deref() == Some("Ed25519") => {
            VerifyingKey::from_ed25519(&decode(&jwk.x)?, declared)?
        }
        "RSA" => VerifyingKey::from_rsa_components(&decode(&jwk.n)?, &decode(&jwk.e)?, declared)?,
        _ => return None,
    };
    declared.is_none_or(|algorithm| key.fits(algorithm)).then_some((jwk.kid, key))
}

/// Whether `key_ops` lists `verify`, and no operation twice (RFC 7517 section 4.3).
fn allows_verifying(operations: &[String]) -> bool {
    let distinct: HashSet<&String> = operations.iter().collect();
    distinct.len() == operations.len() && operations.iter().any(|one| one == "verify")
}

fn decode(member: &Option<String>) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(member.as_deref()?).ok()
}

#[cfg(test)]
mod tests;
