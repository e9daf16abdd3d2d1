//! The examples of RFC 7515 appendix A, RFC 7520 section 4 and RFC 8037 appendix A. They pass through the parser, the
//! key set and the function that verifies tokens.
//!
//! RFC 7515 A.6 and A.7 and RFC 7520 4.5 (detached), 4.6, 4.7 and 4.8 (JSON serialisations) are left out, since they
//! are not compact JWS.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::jwks::key_set::KeySet;
use crate::token::Jws;

#[derive(Deserialize)]
struct Example {
    name: String,
    jwk: Value,
    token: String,
    alg: String,
    /// Either `verifies` or the code of the refusal.
    expected: String,
}

#[test]
fn rfc_examples_verify_or_are_refused_as_they_should() {
    let examples: Vec<Example> = serde_json::from_str(include_str!("rfc_examples.json")).unwrap();
    assert_eq!(examples.len(), 10);
    for Example { name, jwk, token, alg, expected } in examples {
        let kid = jwk["kid"].as_str();
        let keys = KeySet::parse(json!({ "keys": [jwk] }).to_string().as_bytes()).unwrap();
        let jws = match Jws::parse(&token) {
            Ok(jws) => jws,
            Err(refusal) => {
                assert_eq!(refusal.code(), expected, "{name}");
                continue;
            }
        };
        assert_eq!((jws.header.algorithm.name(), expected.as_str()), (alg.as_str(), "verifies"), "{name}");
        let key =
            keys.select(kid, jws.header.algorithm).unwrap_or_else(|reason| panic!("{name}: {reason:?}"));
        assert!(key.verifies(jws.header.algorithm, jws.signing_input, &jws.signature), "{name}");
        let tampered = &jws.signing_input[..jws.signing_input.len() - 1];
        assert!(!key.verifies(jws.header.algorithm, tampered, &jws.signature), "{name}, tampered");
    }
}
