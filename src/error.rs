//! Why a token is refused. Each reason has a stable code and details meant for server logs alone.
#![forbid(unsafe_code)]

use serde_json::{Value, json};

/// The longest piece of a token or a response that is repeated in details, in characters.
const MAX_QUOTED_CHARS: usize = 200;

/// The codes in the order in which they cross the boundary: a code's number is its place here.
pub const CODES: [&str; 12] = [
    "token_malformed",
    "token_opaque",
    "algorithm_not_allowed",
    "key_not_found",
    "signature_invalid",
    "token_expired",
    "token_not_yet_valid",
    "issuer_invalid",
    "audience_invalid",
    "claim_invalid",
    "scope_missing",
    "jwks_unavailable",
];

/// A reason not to trust a token. Holds nothing secret: no token, no signature.
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
    /// The stable code, as documented in the error table.
    pub fn code(&self) -> &'static str {
        CODES[usize::from(self.number())]
    }

    /// The place of the code in [`CODES`].
    pub fn number(&self) -> u8 {
        match self {
            Self::TokenMalformed { .. } => 0,
            Self::TokenOpaque => 1,
            Self::AlgorithmNotAllowed { .. } => 2,
            Self::KeyNotFound { .. } => 3,
            Self::SignatureInvalid => 4,
            Self::TokenExpired { .. } => 5,
            Self::TokenNotYetValid { .. } => 6,
            Self::IssuerInvalid { .. } => 7,
            Self::AudienceInvalid { .. } => 8,
            Self::ClaimInvalid { .. } => 9,
            Self::ScopeMissing { .. } => 10,
            Self::JwksUnavailable { .. } => 11,
        }
    }

    /// What was expected and found, as a JSON object, or `None` where the code says it all.
    pub fn details(&self) -> Option<Value> {
        Some(match self {
            Self::TokenMalformed { reason } => json!({ "reason": reason }),
            Self::TokenOpaque | Self::SignatureInvalid => return None,
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
        })
    }
}

fn quote(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_repeat_at_most_200_characters_of_what_came_in() {
        let refusal = Refusal::KeyNotFound { kid: Some("é".repeat(5_000)) };
        let details = refusal.details().unwrap();
        assert_eq!(details["kid"].as_str().unwrap().chars().count(), 200);
    }
}
