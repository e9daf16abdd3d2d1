//! Fuzzes the payload. It must be accepted exactly if its members are unique and each claim has its type and value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_authkit::claims::{Claims, Expectations};
use logto_authkit::strict_json;
use logto_authkit_fuzz::{is_plain, unique_object};
use serde_json::{Map, Value};

const NOW: f64 = 1_000_000.5;

/// A header's `typ`, the expected `typ`, and whether the first satisfies the second.
const TYPES: [(Option<&str>, Option<&str>, bool); 7] = [
    (None, None, true),
    (Some("application/AT+JWT"), None, true),
    (Some("dpop+jwt"), None, false),
    (Some("AT+jwt"), Some("application/at+jwt"), true),
    (Some("JWT"), Some("at+jwt"), false),
    (None, Some("JWT"), false),
    (Some("text/plain"), Some("application/text/plain"), false),
];

fuzz_target!(|text: &[u8]| {
    if !is_plain(text) {
        return;
    }
    let members = str::from_utf8(text).ok().and_then(strict_json::parse_object);
    let expected_members = unique_object(text);
    assert_eq!(members.is_some(), expected_members.is_some());
    let (Some(members), Some(expected_members)) = (members, expected_members) else { return };

    for (scopes, tolerance) in [(vec![], 0.0), (vec!["read"], 60.0), (vec!["write:all", "read"], 0.0)] {
        for (typ, wanted, fits) in TYPES {
            let expected = Expectations {
                issuer: vec!["https://a.example/oidc".into(), "b".into()],
                audience: vec!["https://api.example".into(), "c".into()],
                organization_token: false,
                required_scope: scopes.iter().copied().map(str::to_owned).collect(),
                token_type: wanted.map(str::to_owned),
                clock_tolerance: tolerance,
            };
            let verdict = Claims::read(&members, typ.map(str::to_owned))
                .and_then(|claims| claims.check(&expected, NOW));
            assert_eq!(verdict.is_ok(), fits && acceptable(&expected_members, &scopes, tolerance), "{verdict:?}");
            if let Err(refusal) = verdict {
                refusal.details();
            }
        }
    }
});

fn acceptable(members: &Map<String, Value>, scopes: &[&str], tolerance: f64) -> bool {
    let absent_or = |name: &str, fits: fn(&Value) -> bool| members.get(name).is_none_or(fits);
    let number = |name: &str| members.get(name).and_then(Value::as_f64);
    let string = |name: &str| members.get(name).and_then(Value::as_str);

    let audiences = match members.get("aud") {
        Some(Value::Array(several)) => several.clone(),
        Some(one) => vec![one.clone()],
        None => vec![],
    };
    let granted: Vec<&str> = string("scope").unwrap_or_default().split(' ').collect();

    number("exp").is_some_and(|exp| exp + tolerance > NOW)
        && absent_or("nbf", Value::is_number)
        && number("nbf").is_none_or(|nbf| nbf - tolerance <= NOW)
        && absent_or("iat", Value::is_number)
        && matches!(string("iss"), Some("https://a.example/oidc" | "b"))
        && audiences.iter().all(Value::is_string)
        && audiences.iter().any(|one| one == "https://api.example" || one == "c")
        && string("sub").is_some_and(|sub| !sub.is_empty())
        && absent_or("scope", Value::is_string)
        && absent_or("jti", Value::is_string)
        && absent_or("client_id", Value::is_string)
        && scopes.iter().all(|scope| granted.contains(scope))
}
