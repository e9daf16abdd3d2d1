//! Fuzzes the body of a JWKS response. A key may be selected only for an algorithm and `kid` that its entry allows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_authkit::jwks::key_set::{KeySet, MAX_KEYS};
use logto_authkit::signature::Algorithm;
use logto_authkit_fuzz::is_plain;
use serde_json::Value;

/// Each algorithm, with the `kty` and `crv` of its keys.
const ALGORITHMS: [(&str, &str, Option<&str>); 10] = [
    ("RS256", "RSA", None),
    ("RS384", "RSA", None),
    ("RS512", "RSA", None),
    ("PS256", "RSA", None),
    ("PS384", "RSA", None),
    ("PS512", "RSA", None),
    ("ES256", "EC", Some("P-256")),
    ("ES384", "EC", Some("P-384")),
    ("ES512", "EC", Some("P-521")),
    ("EdDSA", "OKP", Some("Ed25519")),
];

fuzz_target!(|body: &[u8]| {
    let set = KeySet::parse(body);
    // The crate may read a set from a body that is no `Value`: it skips unknown members without parsing their numbers.
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        if let Some(set) = set {
            select_all(&set, &[]);
        }
        return;
    };
    if !is_plain(body) {
        return;
    }
    let entries = value.as_object().and_then(|object| object.get("keys")).and_then(Value::as_array);
    let Some(set) = set else { return };
    let entries = entries.expect("an object with an array of keys");
    assert!(entries.len() <= MAX_KEYS);
    select_all(&set, entries);
});

fn select_all(set: &KeySet, entries: &[Value]) {
    let mut kids: Vec<Option<&str>> = vec![None, Some(""), Some("1"), Some("unknown")];
    kids.extend(entries.iter().filter_map(|entry| entry["kid"].as_str()).map(Some));
    for kid in kids {
        for (name, kty, crv) in ALGORITHMS {
            let algorithm = Algorithm::from_name(name).expect("a name of the list");
            let Ok(key) = set.select(kid, algorithm) else { continue };
            assert!(key.fits(algorithm));
            let allows = |entry: &Value| {
                let absent_or = |member, wanted| entry.get(member).is_none_or(|found| found == wanted);
                let verifies = |uses: &Vec<Value>| uses.iter().filter(|one| *one == "verify").count() == 1;
                kid.is_none_or(|kid| entry["kid"] == kid)
                    && entry["kty"] == kty
                    && crv.is_none_or(|crv| entry["crv"] == crv)
                    && entry.get("d").is_none()
                    && absent_or("alg", name)
                    && absent_or("use", "sig")
                    && entry.get("key_ops").is_none_or(|uses| uses.as_array().is_some_and(verifies))
            };
            assert!(entries.is_empty() || entries.iter().any(allows), "{name} for the kid {kid:?}");
        }
    }
}
