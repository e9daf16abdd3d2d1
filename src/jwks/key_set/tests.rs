use serde_json::{Value, json};

use super::*;

/// The P-256 key of RFC 7517 appendix A.1. `rsa` is the 2048-bit RSA key of the same appendix.
fn ec() -> Value {
    json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        "kid": "1",
    })
}

fn rsa() -> Value {
    json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKR\
              XjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSq\
              zs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ\
              -G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "kid": "2",
    })
}

fn with(mut jwk: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

fn set(keys: Value) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

#[test]
fn the_algorithm_comes_from_the_key() {
    for (jwk, algorithm, expected) in [
        (ec(), Algorithm::Es256, None),
        (ec(), Algorithm::Es384, Some(NoKey::OtherAlgorithm)),
        (ec(), Algorithm::Rs256, Some(NoKey::OtherAlgorithm)),
        (rsa(), Algorithm::Rs256, None),
        (rsa(), Algorithm::Ps512, None),
        (rsa(), Algorithm::EdDsa, Some(NoKey::OtherAlgorithm)),
        (with(rsa(), json!({ "alg": "PS256" })), Algorithm::Ps256, None),
        (with(rsa(), json!({ "alg": "PS256" })), Algorithm::Rs256, Some(NoKey::OtherAlgorithm)),
        (with(ec(), json!({ "use": "sig", "key_ops": ["verify"] })), Algorithm::Es256, None),
        (with(ec(), json!({ "x5c": ["?"], "extra": { "a": 1 } })), Algorithm::Es256, None),
    ] {
        let kid = jwk["kid"].as_str().map(str::to_owned);
        let found = set(json!([jwk])).select(kid.as_deref(), algorithm).err();
        assert_eq!(found, expected, "{jwk} {algorithm:?}");
    }
}

#[test]
fn a_key_that_is_not_for_verifying_is_skipped_and_the_others_stay() {
    for odd in [
        json!(null),
        json!([]),
        json!("key"),
        json!({}),
        json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "odd" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "odd" }),
        json!({ "kty": "OKP", "crv": "X25519", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "kid": "odd" }),
        with(ec(), json!({ "kid": 7 })),
        with(ec(), json!({ "kid": null })),
        with(ec(), json!({ "kid": "odd", "use": null })),
        with(ec(), json!({ "kid": "odd", "alg": null })),
        with(ec(), json!({ "kid": "odd", "key_ops": null })),
        with(ec(), json!({ "kid": "odd", "use": "enc" })),
        with(ec(), json!({ "kid": "odd", "d": "published" })),
        with(ec(), json!({ "kid": "odd", "use": "" })),
        with(ec(), json!({ "kid": "odd", "key_ops": ["sign"] })),
        with(ec(), json!({ "kid": "odd", "key_ops": [] })),
        with(ec(), json!({ "kid": "odd", "key_ops": "verify" })),
        with(ec(), json!({ "kid": "odd", "key_ops": ["verify", "verify"] })),
        with(ec(), json!({ "kid": "odd", "key_ops": ["verify", "sign", "sign"] })),
        with(ec(), json!({ "kid": "odd", "alg": "ES384" })),
        with(ec(), json!({ "kid": "odd", "alg": "HS256" })),
        with(ec(), json!({ "kid": "odd", "alg": "none" })),
        with(ec(), json!({ "kid": "odd", "alg": "ECDH-ES" })),
        with(ec(), json!({ "kid": "odd", "crv": "P-384" })),
        with(ec(), json!({ "kid": "odd", "crv": "secp256k1" })),
        with(ec(), json!({ "kid": "odd", "x": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM" })),
        with(ec(), json!({ "kid": "odd", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4=" })),
        with(ec(), json!({ "kid": "odd", "kty": "ec" })),
        with(rsa(), json!({ "kid": "odd", "e": "AQ" })),
        with(rsa(), json!({ "kid": "odd", "alg": "RSA-OAEP" })),
    ] {
        let keys = set(json!([odd, rsa()]));
        assert_eq!(keys.keys.len(), 1, "{odd}");
        assert!(keys.select(Some("2"), Algorithm::Rs256).is_ok());
        assert_eq!(keys.select(Some("odd"), Algorithm::Es256).err(), Some(NoKey::Unknown), "{odd}");
    }
}

#[test]
fn keys_that_share_a_kid_verify_nothing() {
    let keys = set(json!([ec(), with(rsa(), json!({ "kid": "1" })), with(rsa(), json!({ "kid": "3" }))]));
    assert_eq!(keys.select(Some("1"), Algorithm::Es256).err(), Some(NoKey::Unknown));
    assert_eq!(keys.select(Some("1"), Algorithm::Rs256).err(), Some(NoKey::Unknown));
    assert!(keys.select(Some("3"), Algorithm::Rs256).is_ok());
}

#[test]
fn a_key_with_a_repeated_member_is_skipped() {
    let twice = format!(r#"{{"keys":[{}]}}"#, ec().to_string().replace('{', r#"{"use":"enc","use":"sig","#));
    assert!(KeySet::parse(twice.as_bytes()).unwrap().keys.is_empty());
}

#[test]
fn without_a_kid_exactly_one_key_must_fit() {
    let keys = set(json!([ec(), rsa()]));
    assert!(keys.select(None, Algorithm::Es256).is_ok());
    assert_eq!(keys.select(None, Algorithm::Es384).err(), Some(NoKey::Unknown));
    let keys = set(json!([ec(), with(ec(), json!({ "kid": "3" }))]));
    assert_eq!(keys.select(None, Algorithm::Es256).err(), Some(NoKey::Unknown));
}

#[test]
fn a_body_that_is_no_key_set_is_refused() {
    let many = |count: usize| json!({ "keys": vec![json!(null); count] }).to_string();
    for (body, accepted) in [
        (r#"{"keys":[]}"#.to_owned(), true),
        (r#"{"keys":[],"more":1}"#.into(), true),
        (many(MAX_KEYS), true),
        (many(MAX_KEYS + 1), false),
        (r#"{"keys":{}}"#.into(), false),
        (r#"{"keys":null}"#.into(), false),
        (r#"{}"#.into(), false),
        (r#"[]"#.into(), false),
        (r#"[[]]"#.into(), false),
        (" \n{\"keys\":[]}".into(), true),
        (r#"{"keys":[],"keys":[]}"#.into(), false),
        (r#"{"keys":[]"#.into(), false),
        ("<html>".into(), false),
        (String::new(), false),
    ] {
        assert_eq!(KeySet::parse(body.as_bytes()).is_some(), accepted, "{body:.60}");
    }
    assert!(KeySet::parse(b"{\"a\":\"\xff\",\"keys\":[]}").is_none());
}
