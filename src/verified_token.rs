//! A token whose signature has been verified. A value of the type is the proof: nothing else constructs one.
#![forbid(unsafe_code)]

use crate::claims::Claims;
use crate::error::{self, Refusal};
use crate::signature::VerifyingKey;
use crate::strict_json;
use crate::token::Jws;

/// The contents of a token whose signature has been verified. The caller still checks expiry, issuer and the rest.
pub struct VerifiedToken {
    claims: Claims,
    payload: String,
}

impl VerifiedToken {
    /// Verifies a token's signature and reads its claims. This is the only constructor.
    ///
    /// Refused with `signature_invalid`; with `token_malformed` if the payload is not a JSON object of unique members;
    /// with `claim_invalid` as [`Claims::read`] says.
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

    /// The bytes of memory that the token takes, without the allocator's share.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.payload.capacity() + self.claims.heap_bytes()
    }

    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The JSON text of the payload, as the issuer signed it.
    pub fn payload(&self) -> &str {
        &self.payload
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_takes_its_own_bytes_those_of_its_payload_and_those_of_its_claims() {
        let payload = r#"{"sub":"user-1","exp":0,"iss":"https://tenant.example/oidc"}"#.to_owned();
        let claims = Claims::read(&strict_json::parse_object(payload.as_bytes()).unwrap(), None).unwrap();
        let parts = [size_of::<VerifiedToken>(), payload.capacity(), claims.heap_bytes()];
        assert_eq!(VerifiedToken { claims, payload }.bytes(), parts.iter().sum::<usize>());
    }
}
