//! A token whose signature is verified: proof, by its type, that the claims can be believed.
#![forbid(unsafe_code)]

use crate::claims::Claims;
use crate::error::{self, Refusal};
use crate::signature::VerifyingKey;
use crate::strict_json;
use crate::token::Jws;

/// What a token says whose signature has been verified. Whether that is enough, now and here, is for each caller to check.
pub struct VerifiedToken {
    claims: Claims,
    payload: String,
}

impl VerifiedToken {
    /// Verifies a token's signature and reads what it says. Nothing else makes a `VerifiedToken`.
    ///
    /// Refused with `signature_invalid`; `token_malformed` for a payload that is no JSON object of unique members;
    /// `claim_invalid` as [`Claims::read`] says.
    pub fn verify(jws: Jws, key: &VerifyingKey) -> Result<Self, Refusal> {
        if !key.verifies(jws.header.algorithm, jws.signing_input, &jws.signature) {
            return Err(Refusal::SignatureInvalid);
        }
        let members = strict_json::parse_object(&jws.payload)
            .ok_or(Refusal::TokenMalformed { reason: error::PAYLOAD_NO_OBJECT })?;
        let claims = Claims::read(&members, jws.header.typ)?;
        let payload = String::from_utf8(jws.payload)
            .map_err(|_| Refusal::TokenMalformed { reason: error::PAYLOAD_NOT_UTF8 })?;
        Ok(Self { claims, payload })
    }

    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The payload's own JSON text.
    pub fn payload(&self) -> &str {
        &self.payload
    }
}
