//! The parser of the compact JWS (RFC 7515 section 7.1). It is strict, since nothing in the token is verified yet.
#![forbid(unsafe_code)]

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::{self, Refusal};
use crate::signature::Algorithm;
use crate::strict_json::{self, Object, Value};

/// The longest token that is parsed, in bytes.
pub const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// The shortest text without a dot that is refused as `token_opaque` rather than `token_malformed`, in bytes.
const MIN_OPAQUE_BYTES: usize = 20;

/// A well-formed JWS. Nothing in it can be trusted until its signature is verified.
pub struct Jws<'t> {
    pub header: Header,
    /// The bytes that the signature covers: the token's text up to its second dot.
    pub signing_input: &'t [u8],
    pub payload: Vec<u8>,
    pub signature: Vec<u8>,
}

/// The members of a JOSE header (RFC 7515 section 4.1) that verification reads. It ignores `jwk`, `jku`, `x5u` and
/// `x5c`: a token must not name its own key.
#[derive(Debug, PartialEq)]
pub struct Header {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
    pub typ: Option<String>,
}

impl<'t> Jws<'t> {
    /// Splits and decodes a compact JWS.
    ///
    /// Refused as [`Compact::split`] says; with `token_malformed` if a part is not canonical base64url, or the header
    /// is not an object of unique members with a string `alg`; with `algorithm_not_allowed` for an unknown `alg`.
    pub fn parse(token: &'t str) -> Result<Self, Refusal> {
        Compact::split(token)?.decode()
    }
}

/// The three parts of a token, still encoded.
pub struct Compact<'t> {
    header: &'t str,
    payload: &'t str,
    signature: &'t str,
    signing_input: &'t [u8],
}

impl<'t> Compact<'t> {
    /// Splits a token at its dots. This cheap test refuses most texts that are no tokens, before anything is decoded.
    ///
    /// Refused with `token_malformed`: longer than [`MAX_TOKEN_BYTES`], or not three parts. Refused with
    /// `token_opaque`: no dot, and only characters that an opaque access token may have.
    pub fn split(token: &'t str) -> Result<Self, Refusal> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(malformed(error::TOO_LONG));
        }
        let mut dots = memchr::memchr_iter(b'.', token.as_bytes());
        let (first, second) = match (dots.next(), dots.next(), dots.next()) {
            (Some(first), Some(second), None) => (first, second),
            (None, ..) if is_opaque(token) => return Err(Refusal::TokenOpaque),
            _ => return Err(malformed(error::NOT_THREE_PARTS)),
        };
        Ok(Self {
            header: &token[..first],
            payload: &token[first + 1..second],
            signature: &token[second + 1..],
            signing_input: &token.as_bytes()[..second],
        })
    }

    /// Decodes the three parts. Refused as [`Jws::parse`] says.
    pub fn decode(self) -> Result<Jws<'t>, Refusal> {
        Ok(Jws {
            header: Header::parse(&decode(self.header)?)?,
            signing_input: self.signing_input,
            payload: decode(self.payload)?,
            signature: decode(self.signature)?,
        })
    }
}

impl Header {
    fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let no_object = || malformed(error::HEADER_NO_OBJECT);
        let text = str::from_utf8(text).map_err(|_| no_object())?;
        let members = strict_json::parse_object(text).ok_or_else(no_object)?;
        // RFC 7515 section 4.1.11 and RFC 7797 section 6 require a refusal, since neither extension is implemented.
        if members.get("crit").or(members.get("b64")).is_some() {
            return Err(malformed(error::HEADER_EXTENDED));
        }
        let name = string(&members, "alg")?.ok_or(malformed(error::HEADER_WITHOUT_ALG))?;
        Ok(Self {
            algorithm: Algorithm::from_name(&name).ok_or(Refusal::AlgorithmNotAllowed { found: name })?,
            kid: string(&members, "kid")?,
            typ: string(&members, "typ")?,
        })
    }
}

fn string(members: &Object, name: &str) -> Result<Option<String>, Refusal> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.to_string())),
        Some(_) => Err(malformed(error::HEADER_WRONG_TYPE)),
    }
}

/// Decodes base64url (RFC 7515 section 2). Padding and unused bits other than zero are refused, so that the same bytes
/// have only one encoding.
fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed(error::NOT_BASE64URL))
}

/// Whether the text may be an opaque access token: long enough, and made of the characters of `b64token` (RFC 6750
/// section 2.1) other than the dot.
fn is_opaque(token: &str) -> bool {
    token.len() >= MIN_OPAQUE_BYTES
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_~+/=".contains(&byte))
}

fn malformed(reason: &'static str) -> Refusal {
    Refusal::TokenMalformed { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(text)
    }

    fn parse_header(header: &str) -> Result<Header, Refusal> {
        let token = format!("{}.e30.c2ln", encode(header));
        Jws::parse(&token).map(|jws| jws.header)
    }

    fn code(result: Result<impl Sized, Refusal>) -> &'static str {
        result.err().map_or("accepted", |refusal| refusal.code())
    }

    #[test]
    fn a_well_formed_jws_is_taken_apart() {
        let header = encode(r#"{"alg":"ES384","kid":"a","typ":"at+jwt","jku":"https://evil.example"}"#);
        let token = format!("{header}.e30.c2ln");
        let jws = Jws::parse(&token).ok().unwrap();
        assert_eq!(jws.signing_input, format!("{header}.e30").as_bytes());
        assert_eq!((jws.payload, jws.signature), (b"{}".to_vec(), b"sig".to_vec()));
        let expected =
            Header { algorithm: Algorithm::Es384, kid: Some("a".into()), typ: Some("at+jwt".into()) };
        assert_eq!(jws.header, expected);
    }

    #[test]
    fn a_header_must_be_an_object_of_unique_members_and_known_types() {
        for (header, expected) in [
            (r#"{"alg":"RS256"}"#, "accepted"),
            (r#"{"alg":"RS256","kid":null}"#, "token_malformed"),
            (r#"{"alg":"RS256","kid":5}"#, "token_malformed"),
            (r#"{"alg":"RS256","typ":["JWT"]}"#, "token_malformed"),
            (r#"{"alg":"RS256","alg":"RS256"}"#, "token_malformed"),
            (r#"{"alg":"RS256","a":1,"a":1}"#, "token_malformed"),
            (r#"{"alg":"RS256","crit":[]}"#, "token_malformed"),
            (r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, "token_malformed"),
            (r#"{"alg":"RS256","b64":true}"#, "token_malformed"),
            (r#"{"alg":["RS256"]}"#, "token_malformed"),
            (r#"{"typ":"JWT"}"#, "token_malformed"),
            (r#"["RS256"]"#, "token_malformed"),
            (r#"{"alg":"RS256"} x"#, "token_malformed"),
            (r#"{"alg":"none"}"#, "algorithm_not_allowed"),
            (r#"{"alg":"HS256"}"#, "algorithm_not_allowed"),
            (r#"{"alg":"rs256"}"#, "algorithm_not_allowed"),
            (r#"{"alg":""}"#, "algorithm_not_allowed"),
        ] {
            assert_eq!(code(parse_header(header)), expected, "{header}");
        }
    }

    #[test]
    fn anything_but_three_parts_of_canonical_base64url_is_refused() {
        let header = encode(r#"{"alg":"RS256"}"#);
        for (token, expected) in [
            (format!("{header}.e30.c2ln"), "accepted"),
            (format!("{header}.e30."), "accepted"),
            (format!("{header}.e30.c2ln="), "token_malformed"),
            (format!("{header}.e30.c2lo"), "accepted"),
            (format!("{header}.e31.c2ln"), "token_malformed"),
            (format!("{header}.e3+.c2ln"), "token_malformed"),
            (format!("{header}.e30 .c2ln"), "token_malformed"),
            (format!(" {header}.e30.c2ln"), "token_malformed"),
            (format!("{header}.e30.c2ln\n"), "token_malformed"),
            (format!("{header}.e30.c2ln.e30"), "token_malformed"),
            (format!("{header}.e30.c2ln.e30.e30"), "token_malformed"),
            (format!("{header}.e30"), "token_malformed"),
            (".".repeat(60_000), "token_malformed"),
            (format!("{header}.{}.c2ln", "e".repeat(MAX_TOKEN_BYTES)), "token_malformed"),
            (String::new(), "token_malformed"),
            ("short".into(), "token_malformed"),
            ("a".repeat(43), "token_opaque"),
            (format!("{} ", "a".repeat(43)), "token_malformed"),
        ] {
            assert_eq!(code(Jws::parse(&token)), expected, "{}", &token[..token.len().min(80)]);
        }
    }
}
