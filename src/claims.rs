//! The claims of a verified payload and the caller's expectations (RFC 7519 section 4.1, RFC 9068 section 4).
#![forbid(unsafe_code)]

use crate::error::Refusal;
use crate::strict_json::{Object, Value};

/// The values that a token's claims must have to be accepted.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// The accepted issuers; the token must have one of them.
    pub issuer: Vec<String>,
    /// The accepted audiences; the token must have at least one of them.
    pub audience: Vec<String>,
    /// Whether the audience of an organization token is accepted, too, whichever organization it names.
    pub organization_token: bool,
    /// The scopes that the token must have, all of them.
    pub required_scope: Vec<String>,
    /// The `typ` that the header must have; `None` accepts `at+jwt`, `JWT` and a missing `typ`.
    pub token_type: Option<String>,
    /// The most that the issuer's clock may differ from this one, in seconds.
    pub clock_tolerance: f64,
}

/// The claims that verification reads, and the header's `typ`. Each has the JSON type that its RFC requires.
#[derive(Debug, Clone)]
pub struct Claims {
    typ: Option<String>,
    exp: f64,
    nbf: Option<f64>,
    iss: Option<String>,
    aud: Vec<String>,
    scope: Option<String>,
}

/// The audience of an organization token of Logto's, up to the organization's id.
const ORGANIZATION: &str = "urn:logto:organization:";

type Check = fn(&Claims, &Expectations, f64) -> Result<(), Refusal>;

/// All checks, in order: the first that fails gives the refusal.
const CHECKS: [Check; 6] = [token_type, expiry, not_before, issuer, audience, scopes];

impl Claims {
    /// Reads the claims of a payload, with the `typ` of its header.
    ///
    /// Refused with `claim_invalid`: `exp` or `sub` is missing, `sub` is empty, or one of `exp`, `nbf`, `iat`, `iss`,
    /// `aud`, `sub`, `jti`, `scope` and `client_id` has a type other than RFC 7519 section 4.1 and RFC 8693 sections 4.2
    /// and 4.3 require.
    pub fn read(members: &Object, typ: Option<String>) -> Result<Self, Refusal> {
        numeric_date(members, "iat")?;
        string(members, "jti")?;
        string(members, "client_id")?;
        match string(members, "sub")? {
            Some(sub) if !sub.is_empty() => (),
            _ => return Err(invalid("sub", "missing or empty")),
        }
        Ok(Self {
            typ,
            exp: numeric_date(members, "exp")?.ok_or(invalid("exp", "missing"))?,
            nbf: numeric_date(members, "nbf")?,
            iss: string(members, "iss")?.map(str::to_owned),
            aud: audiences(members)?,
            scope: string(members, "scope")?.map(str::to_owned),
        })
    }

    /// Checks the claims against `expected` at `now`, in seconds since the Unix epoch. The first failure is reported.
    pub fn check(&self, expected: &Expectations, now: f64) -> Result<(), Refusal> {
        CHECKS.iter().try_for_each(|check| check(self, expected, now))
    }
}

/// Checks the header's `typ` (RFC 8725 section 3.11). The prefix `application/` is optional if no other slash follows (RFC
/// 7515 section 4.1.9).
fn token_type(claims: &Claims, expected: &Expectations, _now: f64) -> Result<(), Refusal> {
    let matches = match (&claims.typ, &expected.token_type) {
        (Some(found), Some(wanted)) => same_media_type(found, wanted),
        (None, Some(_)) => false,
        (Some(found), None) => same_media_type(found, "at+jwt") || same_media_type(found, "JWT"),
        (None, None) => true,
    };
    if matches { Ok(()) } else { Err(invalid("typ", "another type of token")) }
}

fn same_media_type(found: &str, wanted: &str) -> bool {
    without_application(found).eq_ignore_ascii_case(without_application(wanted))
}

fn without_application(name: &str) -> &str {
    match name.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") && !rest.contains('/') => rest,
        _ => name,
    }
}

fn expiry(claims: &Claims, expected: &Expectations, now: f64) -> Result<(), Refusal> {
    if claims.exp + expected.clock_tolerance > now {
        return Ok(());
    }
    Err(Refusal::TokenExpired { exp: claims.exp, now })
}

fn not_before(claims: &Claims, expected: &Expectations, now: f64) -> Result<(), Refusal> {
    match claims.nbf {
        Some(nbf) if nbf - expected.clock_tolerance > now => Err(Refusal::TokenNotYetValid { nbf, now }),
        _ => Ok(()),
    }
}

fn issuer(claims: &Claims, expected: &Expectations, _now: f64) -> Result<(), Refusal> {
    if claims.iss.as_ref().is_some_and(|found| expected.issuer.contains(found)) {
        return Ok(());
    }
    Err(Refusal::IssuerInvalid { expected: expected.issuer.clone(), found: claims.iss.clone() })
}

fn audience(claims: &Claims, expected: &Expectations, _now: f64) -> Result<(), Refusal> {
    let is_organization = |found: &str| expected.organization_token && names_organization(found);
    if claims.aud.iter().any(|found| expected.audience.contains(found) || is_organization(found)) {
        return Ok(());
    }
    let mut accepted = expected.audience.clone();
    if expected.organization_token {
        accepted.push(format!("{ORGANIZATION}{{id}}"));
    }
    Err(Refusal::AudienceInvalid { expected: accepted, found: claims.aud.clone() })
}

fn names_organization(audience: &str) -> bool {
    audience.strip_prefix(ORGANIZATION).is_some_and(|id| !id.is_empty())
}

/// Scopes are compared as whole space-delimited words (RFC 6749 section 3.3): `read:admin` does not grant `read`.
fn scopes(claims: &Claims, expected: &Expectations, _now: f64) -> Result<(), Refusal> {
    let found = claims.scope.as_deref().unwrap_or_default();
    let is_missing = |wanted: &&String| !found.split(' ').any(|granted| granted == *wanted);
    let missing: Vec<&str> = expected.required_scope.iter().filter(is_missing).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::ScopeMissing {
        required: expected.required_scope.join(" "),
        missing: missing.join(" "),
        found: found.to_owned(),
    })
}

/// The value of a NumericDate claim (RFC 7519 section 2): any finite JSON number, in seconds since the Unix epoch.
fn numeric_date(members: &Object, name: &'static str) -> Result<Option<f64>, Refusal> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(*number)),
        Some(_) => Err(invalid(name, "not a number")),
    }
}

fn string<'m>(members: &'m Object, name: &'static str) -> Result<Option<&'m str>, Refusal> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(name, "not a string")),
    }
}

fn audiences(members: &Object) -> Result<Vec<String>, Refusal> {
    let not_strings = || invalid("aud", "not a string or an array of strings");
    match members.get("aud") {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.to_string()]),
        Some(Value::Array(several)) => {
            several.iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(not_strings)).collect()
        }
        Some(_) => Err(not_strings()),
    }
}

fn invalid(claim: &'static str, reason: &'static str) -> Refusal {
    Refusal::ClaimInvalid { claim, reason }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Claims, Expectations, Refusal, same_media_type, scopes};
    use crate::strict_json::parse_object;

    const NOW: f64 = 1_000_000.5;

    fn expectations() -> Expectations {
        Expectations {
            issuer: vec!["https://tenant.example/oidc".into()],
            audience: vec!["https://api.example".into(), "b".into()],
            ..Expectations::default()
        }
    }

    /// The code of the refusal (or `accepted`) for good claims with these changes; a `null` removes a claim.
    fn code_with(changes: Value) -> &'static str {
        code_under(&expectations(), changes)
    }

    fn code_under(expected: &Expectations, changes: Value) -> &'static str {
        let mut members = json!({
            "iss": "https://tenant.example/oidc",
            "aud": "https://api.example",
            "sub": "user-1",
            "exp": NOW + 60.0,
        });
        for (name, value) in changes.as_object().unwrap() {
            members[name] = value.clone();
        }
        let mut members = members.as_object().unwrap().clone();
        members.retain(|_, value| !value.is_null());
        let text = Value::Object(members).to_string();
        let verdict =
            Claims::read(&parse_object(&text).unwrap(), None).and_then(|claims| claims.check(expected, NOW));
        verdict.err().map_or("accepted", |refusal| refusal.code())
    }

    #[test]
    fn each_claim_is_checked_for_its_type_before_its_value() {
        for (changes, expected) in [
            (json!({}), "accepted"),
            (json!({ "exp": null }), "claim_invalid"),
            (json!({ "exp": "9999999999" }), "claim_invalid"),
            (json!({ "exp": [9999999999u64] }), "claim_invalid"),
            (json!({ "exp": true }), "claim_invalid"),
            (json!({ "exp": NOW }), "token_expired"),
            (json!({ "exp": NOW + 0.001 }), "accepted"),
            (json!({ "exp": 1_000_000 }), "token_expired"),
            (json!({ "exp": 1_000_001 }), "accepted"),
            (json!({ "exp": 0 }), "token_expired"),
            (json!({ "exp": -1 }), "token_expired"),
            (json!({ "exp": u64::MAX }), "accepted"),
            (json!({ "nbf": NOW }), "accepted"),
            (json!({ "nbf": NOW + 0.001 }), "token_not_yet_valid"),
            (json!({ "nbf": "0" }), "claim_invalid"),
            (json!({ "iat": "0" }), "claim_invalid"),
            (json!({ "iat": NOW + 60.0 }), "accepted"),
            (json!({ "iss": null }), "issuer_invalid"),
            (json!({ "iss": "" }), "issuer_invalid"),
            (json!({ "iss": "https://tenant.example/oidc/" }), "issuer_invalid"),
            (json!({ "iss": "https://TENANT.example/oidc" }), "issuer_invalid"),
            (json!({ "iss": ["https://tenant.example/oidc"] }), "claim_invalid"),
            (json!({ "aud": null }), "audience_invalid"),
            (json!({ "aud": [] }), "audience_invalid"),
            (json!({ "aud": ["c", "b"] }), "accepted"),
            (json!({ "aud": "https://api.example/" }), "audience_invalid"),
            (json!({ "aud": ["b", 5] }), "claim_invalid"),
            (json!({ "aud": [["b"]] }), "claim_invalid"),
            (json!({ "aud": { "b": true } }), "claim_invalid"),
            (json!({ "sub": null }), "claim_invalid"),
            (json!({ "sub": "" }), "claim_invalid"),
            (json!({ "sub": 5 }), "claim_invalid"),
            (json!({ "scope": ["a"] }), "claim_invalid"),
            (json!({ "jti": 5 }), "claim_invalid"),
            (json!({ "jti": ["a"] }), "claim_invalid"),
            (json!({ "client_id": 5 }), "claim_invalid"),
            (json!({ "client_id": { "a": 1 } }), "claim_invalid"),
            (json!({ "jti": "a", "client_id": "b" }), "accepted"),
        ] {
            assert_eq!(code_with(changes.clone()), expected, "{changes}");
        }
    }

    #[test]
    fn the_prefix_of_a_media_type_is_optional_where_no_other_slash_follows() {
        for (found, wanted, same) in [
            ("at+jwt", "application/at+jwt", true),
            ("Application/AT+JWT", "at+jwt", true),
            ("text/plain", "application/text/plain", false),
            ("application/text/plain", "text/plain", false),
            ("application/text/plain", "APPLICATION/text/plain", true),
            ("application/", "", true),
            ("application/application/at+jwt", "at+jwt", false),
            ("application/application/at+jwt", "application/at+jwt", false),
        ] {
            assert_eq!(same_media_type(found, wanted), same, "{found} / {wanted}");
        }
    }

    #[test]
    fn all_required_scopes_are_needed_each_as_a_whole() {
        for (scope, required, missing) in [
            ("read write", "read", None),
            ("read write", "write read", None),
            ("read:admin thread", "read", Some("read")),
            ("read", "read write delete", Some("write delete")),
            ("read\twrite", "read", Some("read")),
            ("", "read", Some("read")),
        ] {
            let text = json!({ "sub": "user-1", "exp": NOW, "scope": scope }).to_string();
            let claims = Claims::read(&parse_object(&text).unwrap(), None).unwrap();
            let expected = Expectations {
                required_scope: required.split(' ').map(str::to_owned).collect(),
                ..Expectations::default()
            };
            let found = scopes(&claims, &expected, NOW);
            let wanted = missing.map(|missing| Refusal::ScopeMissing {
                required: required.into(),
                missing: missing.into(),
                found: scope.into(),
            });
            assert_eq!(found.err(), wanted, "{scope} / {required}");
        }
    }

    #[test]
    fn the_clocks_may_differ_by_the_tolerance_and_no_more() {
        for (changes, expected) in [
            (json!({ "exp": NOW - 4.5 }), "accepted"),
            (json!({ "exp": NOW - 5.0 }), "token_expired"),
            (json!({ "exp": NOW + 4.5 }), "accepted"),
            (json!({ "nbf": NOW + 5.0 }), "accepted"),
            (json!({ "nbf": NOW + 5.5 }), "token_not_yet_valid"),
            (json!({ "nbf": NOW - 4.5 }), "accepted"),
        ] {
            let tolerant = Expectations { clock_tolerance: 5.0, ..expectations() };
            assert_eq!(code_under(&tolerant, changes.clone()), expected, "{changes}");
        }
    }
}
