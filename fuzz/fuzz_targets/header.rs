//! Fuzzes the header of a well-formed token. It must be accepted exactly if its members are unique and of their types.
#![no_main]

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use logto_authkit::signature::Algorithm;
use logto_authkit::token::{Header, Jws, MAX_TOKEN_BYTES};
use logto_authkit_fuzz::{is_plain, unique_object};
use serde_json::Value;

const ALGORITHMS: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

fuzz_target!(|text: &[u8]| {
    if !is_plain(text) {
        return;
    }
    let token = format!("{}.e30.c2ln", BASE64_URL_SAFE_NO_PAD.encode(text));
    let accepted = Jws::parse(&token).ok().map(|jws| jws.header);
    let expected = if token.len() <= MAX_TOKEN_BYTES { acceptable(text) } else { None };
    assert_eq!(accepted, expected);
});

fn acceptable(text: &[u8]) -> Option<Header> {
    let members = unique_object(text)?;
    if members.contains_key("crit") || members.contains_key("b64") {
        return None;
    }
    let name = members.get("alg")?.as_str().filter(|name| ALGORITHMS.contains(name))?;
    let optional = |name: &str| match members.get(name) {
        None => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    };
    let algorithm = Algorithm::from_name(name).expect("a name of the list");
    assert_eq!(algorithm.name(), name);
    Some(Header { algorithm, kid: optional("kid")?, typ: optional("typ")? })
}
