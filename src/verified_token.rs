//! A token whose signature has been verified. A value of the type is the proof: nothing else constructs one, and what the cache
//! remembers was one.
#![forbid(unsafe_code)]

use crate::claims::Claims;
use crate::error::{self, Refusal};
use crate::signature::VerifyingKey;
use crate::strict_json;
use crate::token::Jws;
use crate::token_cache::Remembered;

/// The contents of a token whose signature has been verified. The caller still checks expiry, issuer and the rest.
pub struct VerifiedToken {
    claims: Claims,
    payload: String,
}

impl VerifiedToken {
    /// Verifies a token's signature and reads its claims.
    ///
    /// Refused with `signature_invalid`; with `token_malformed` if the payload is not a JSON object of unique members;
    /// with `claim_invalid` as [`Claims::read`] says.
    pub fn verify(jws: Jws, key: &VerifyingKey) -> Result<Self, Refusal> {
        if !key.verifies(jws.header.algorithm, jws.signing_input, &jws.signature) {
            return Err(Refusal::SignatureInvalid);
        }
        Self::read(jws)
    }

    /// The same of a token that the key set remembers, without a second look at its signature.
    pub fn recall(jws: Jws, _memory: Remembered) -> Result<Self, Refusal> {
        Self::read(jws)
    }

    fn read(jws: Jws) -> Result<Self, Refusal> {
        let no_object = || Refusal::TokenMalformed { reason: error::PAYLOAD_NO_OBJECT };
        let payload = String::from_utf8(jws.payload).map_err(|_| no_object())?;
        let members = strict_json::parse_object(&payload).ok_or_else(no_object)?;
        let claims = Claims::read(&members, jws.header.typ)?;
        Ok(Self { claims, payload })
    }

    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The JSON text of the payload, as the issuer signed it.
    pub fn into_payload(self) -> String {
        self.payload
    }
}
