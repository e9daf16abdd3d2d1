//! Properties that must hold for every input, tried on random inputs.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use logto_authkit::claims::{Claims, Expectations};
use logto_authkit::jwks::key_set::{KeySet, MAX_KEYS};
use logto_authkit::signature::Algorithm;
use logto_authkit::strict_json::{self, parse_object};
use logto_authkit::token::Jws;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Random JSON of every type. Its member names include those that the crate reads.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "(https://tenant.example/oidc|api|sig|verify|EC|RSA|P-384|ES384)".prop_map(Value::from),
    ];
    let name = "(exp|nbf|iss|aud|sub|scope|alg|kid|typ|kty|crv|x|y|n|e|use|key_ops|keys|[a-z]{1,3})";
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether the strict parser has read what serde_json has. It does not tell `true` from `false`, since nobody asks.
fn is_same(found: &strict_json::Value, expected: &Value) -> bool {
    use strict_json::Value as Found;
    match (found, expected) {
        (Found::Null, Value::Null) | (Found::Bool, Value::Bool(_)) => true,
        (Found::Number(found), Value::Number(number)) => Some(*found) == number.as_f64(),
        (Found::String(found), Value::String(text)) => found == text,
        (Found::Array(found), Value::Array(items)) => {
            found.len() == items.len() && found.iter().zip(items).all(|(one, other)| is_same(one, other))
        }
        (Found::Object(found), Value::Object(members)) => {
            members.iter().all(|(name, value)| found.get(name).is_some_and(|found| is_same(found, value)))
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn parsing_a_token_never_panics(token in "\\PC{0,200}") {
        let _ = Jws::parse(&token);
    }

    #[test]
    fn a_token_that_parses_is_the_only_encoding_of_its_parts(
        header in any_json(),
        payload in prop::collection::vec(any::<u8>(), 0..60),
        signature in prop::collection::vec(any::<u8>(), 0..60),
        position in any::<prop::sample::Index>(),
        replacement in any::<char>(),
    ) {
        let token = format!("{}.{}.{}", encode(header.to_string()), encode(&payload), encode(&signature));
        let changed: String = {
            let mut characters: Vec<char> = token.chars().collect();
            let index = position.index(characters.len());
            characters[index] = replacement;
            characters.into_iter().collect()
        };
        for text in [token, changed] {
            if let Ok(jws) = Jws::parse(&text) {
                let (head, rest) = text.split_once('.').unwrap();
                prop_assert_eq!(rest, format!("{}.{}", encode(&jws.payload), encode(&jws.signature)));
                prop_assert_eq!(jws.signing_input, [head, &encode(&jws.payload)].join(".").into_bytes());
            }
        }
    }

    #[test]
    fn strict_json_reads_what_serde_json_reads_and_nothing_else(value in any_json()) {
        let text = value.to_string();
        // The expected value is read back from the text, since a float may print like an integer.
        let expected: Value = serde_json::from_str(&text).unwrap();
        match parse_object(&text) {
            Some(members) => prop_assert!(is_same(&strict_json::Value::Object(members), &expected)),
            None => prop_assert!(!expected.is_object()),
        }
    }

    #[test]
    fn a_repeated_member_is_refused_wherever_it_stands(value in any_json(), name in "[a-z]{1,4}") {
        let text = format!(r#"{{"a":{value},"{name}{name}":[{{"{name}":1,"b":{value},"{name}":2}}]}}"#);
        prop_assert!(parse_object(&text).is_none());
    }

    #[test]
    fn accepted_claims_have_the_required_types_and_values(claims in any_json(), exp in any::<f64>(), now in 0.0..1e10) {
        let mut claims = claims;
        if let Some(members) = claims.as_object_mut() {
            members.entry("sub").or_insert("user-1".into());
            members.entry("aud").or_insert(json!(["api"]));
            members.entry("iss").or_insert("https://tenant.example/oidc".into());
            members.entry("exp").or_insert(exp.into());
        }
        let expected = Expectations {
            issuer: vec!["https://tenant.example/oidc".into()],
            audience: vec!["api".into()],
            ..Expectations::default()
        };
        let text = claims.to_string();
        let Some(members) = parse_object(&text) else { return Ok(()) };
        if Claims::read(&members, None).and_then(|read| read.check(&expected, now)).is_ok() {
            prop_assert!(claims["exp"].as_f64().unwrap() > now);
            prop_assert!(!claims["sub"].as_str().unwrap().is_empty());
            prop_assert_eq!(claims["iss"].as_str().unwrap(), "https://tenant.example/oidc");
            prop_assert!(claims["aud"] == "api" || claims["aud"].as_array().unwrap().contains(&"api".into()));
            prop_assert!(claims.get("scope").is_none_or(Value::is_string));
        }
    }

    #[test]
    fn parsing_a_key_set_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), value in any_json()) {
        let _ = KeySet::parse(&bytes);
        let body = json!({ "keys": [value.clone(), value] }).to_string();
        let keys = KeySet::parse(body.as_bytes()).unwrap();
        prop_assert!(keys.select(Some("a"), Algorithm::Es384).is_err());
    }

    #[test]
    fn a_key_set_is_bounded(count in 0..2 * MAX_KEYS) {
        let body = json!({ "keys": vec![json!({}); count] }).to_string();
        prop_assert_eq!(KeySet::parse(body.as_bytes()).is_some(), count <= MAX_KEYS);
    }
}
