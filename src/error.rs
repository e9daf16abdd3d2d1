//! The reasons to refuse a token. Each has a stable code, and details that are only for server logs.
#![forbid(unsafe_code)]

use serde_json::{Value, json};

/// The most characters of one value of a token that the details repeat.
const MAX_QUOTED_CHARS: usize = 200;

/// The refusals whose details never change. Each crosses the boundary as a number, its index in this list: invalid
/// tokens are cheap to send, so they must be cheap to refuse.
pub static CONSTANT: [Refusal; 10] = [
    Refusal::TokenOpaque,
    Refusal::SignatureInvalid,
    Refusal::TokenMalformed { reason: TOO_LONG },
    Refusal::TokenMalformed { reason: NOT_THREE_PARTS },
    Refusal::TokenMalformed { reason: NOT_BASE64URL },
    Refusal::TokenMalformed { reason: HEADER_NO_OBJECT },
    Refusal::TokenMalformed { reason: HEADER_EXTENDED },
    Refusal::TokenMalformed { reason: HEADER_WITHOUT_ALG },
    Refusal::TokenMalformed { reason: HEADER_WRONG_TYPE },
    Refusal::TokenMalformed { reason: PAYLOAD_NO_OBJECT },
];

pub const TOO_LONG: &str = "longer than 64 KiB";
pub const NOT_THREE_PARTS: &str = "not three parts";
pub const NOT_BASE64URL: &str = "not canonical base64url";
pub const HEADER_NO_OBJECT: &str = "the header is not a JSON object of unique members";
pub const HEADER_EXTENDED: &str = "the header has a crit or b64 member";
pub const HEADER_WITHOUT_ALG: &str = "the header has no alg";
pub const HEADER_WRONG_TYPE: &str = "alg, kid or typ is not a string";
pub const PAYLOAD_NO_OBJECT: &str = "the payload is not a JSON object of unique members";

/// The reason why a token is refused. A refusal holds no secret: neither the token nor its signature.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    TokenMalformed { reason: &'static str },
    TokenOpaque,
    AlgorithmNotAllowed { found: String },
    KeyNotFound { kid: Option<String> },
    SignatureInvalid,
    TokenExpired { exp: f64, now: f64 },
    TokenNotYetValid { nbf: f64, now: f64 },
    IssuerInvalid { expected: Vec<String>, found: Option<String> },
    AudienceInvalid { expected: Vec<String>, found: Vec<String> },
    ClaimInvalid { claim: &'static str, reason: &'static str },
    ScopeMissing { required: String, missing: String, found: String },
    JwksUnavailable { reason: String, retry_after_seconds: u64 },
}

impl Refusal {
    /// The stable code, one of those in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TokenMalformed { .. } => "token_malformed",
            Self::TokenOpaque => "token_opaque",
            Self::AlgorithmNotAllowed { .. } => "algorithm_not_allowed",
            Self::KeyNotFound { .. } => "key_not_found",
            Self::SignatureInvalid => "signature_invalid",
            Self::TokenExpired { .. } => "token_expired",
            Self::TokenNotYetValid { .. } => "token_not_yet_valid",
            Self::IssuerInvalid { .. } => "issuer_invalid",
            Self::AudienceInvalid { .. } => "audience_invalid",
            Self::ClaimInvalid { .. } => "claim_invalid",
            Self::ScopeMissing { .. } => "scope_missing",
            Self::JwksUnavailable { .. } => "jwks_unavailable",
        }
    }

    /// The refusal's index in [`CONSTANT`], or `None` if the list does not have it.
    pub fn constant(&self) -> Option<usize> {
        CONSTANT.iter().position(|constant| constant == self)
    }

    /// The expected and the found values, as a JSON object; the object is empty if the code needs no explanation.
    pub fn details(&self) -> Value {
        match self {
            Self::TokenMalformed { reason } => json!({ "reason": reason }),
            Self::TokenOpaque | Self::SignatureInvalid => json!({}),
            Self::AlgorithmNotAllowed { found } => json!({ "found": quote(found) }),
            Self::KeyNotFound { kid } => json!({ "kid": kid.as_deref().map(quote) }),
            Self::TokenExpired { exp, now } => json!({ "exp": exp, "now": now }),
            Self::TokenNotYetValid { nbf, now } => json!({ "nbf": nbf, "now": now }),
            Self::IssuerInvalid { expected, found } => {
                json!({ "expected": expected, "found": found.as_deref().map(quote) })
            }
            Self::AudienceInvalid { expected, found } => {
                let found: Vec<_> = found.iter().take(10).map(|one| quote(one)).collect();
                json!({ "expected": expected, "found": found })
            }
            Self::ClaimInvalid { claim, reason } => json!({ "claim": claim, "reason": reason }),
            Self::ScopeMissing { required, missing, found } => {
                json!({ "required": required, "missing": missing, "found": quote(found) })
            }
            Self::JwksUnavailable { reason, retry_after_seconds } => {
                json!({ "reason": reason, "retryAfterSeconds": retry_after_seconds })
            }
        }
    }
}

fn quote(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_constant_where_its_details_are() {
        for (place, refusal) in CONSTANT.iter().enumerate() {
            assert_eq!(refusal.constant(), Some(place));
        }
        let refusals = [Refusal::KeyNotFound { kid: None }, Refusal::TokenMalformed { reason: "another" }];
        assert!(refusals.iter().all(|refusal| refusal.constant().is_none()));
    }

    #[test]
    fn details_repeat_at_most_200_characters_of_what_came_in() {
        let refusal = Refusal::KeyNotFound { kid: Some("é".repeat(5_000)) };
        let details = refusal.details();
        assert_eq!(details["kid"].as_str().unwrap().chars().count(), 200);
    }
}
