//! A JSON parser that refuses repeated members at every depth (RFC 7515 section 4, RFC 8725 section 2.4).
#![forbid(unsafe_code)]

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Parses UTF-8 JSON text into an object.
///
/// `None` if the text is not a JSON object, if an object in it repeats a member, if a number is too large for an `f64`,
/// or if the text nests deeper than 127 levels.
pub fn parse_object(text: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice::<Strict>(text) {
        Ok(Strict(Value::Object(members))) => Some(members),
        _ => None,
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON without repeated members")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("repeated member"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_whose_members_are_unique_are_accepted() {
        let deep = |levels: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        let cases: [(&str, bool); 17] = [
            (r#"{}"#, true),
            (r#"{"a":1,"b":{"a":[1,{"a":null}]}}"#, true),
            (r#"{"a":1.5e3,"b":-7,"c":18446744073709551615,"d":true,"e":"é"}"#, true),
            (" {\"a\":1}\n", true),
            (r#"{"a":1,"a":1}"#, false),
            (r#"{"a":1,"\u0061":1}"#, false),
            (r#"{"b":{"a":1,"a":2}}"#, false),
            (r#"{"b":[{"a":1,"a":2}]}"#, false),
            (r#"[]"#, false),
            (r#""a""#, false),
            (r#"null"#, false),
            (r#"{"a":1}{"#, false),
            (r#"{"a":1e400}"#, false),
            (r#"{"a":NaN}"#, false),
            (r#"{"a":"\ud800"}"#, false),
            ("\u{feff}{}", false),
            ("", false),
        ];
        for (text, accepted) in cases {
            assert_eq!(parse_object(text.as_bytes()).is_some(), accepted, "{text}");
        }
        assert!(parse_object(deep(100).as_bytes()).is_some());
        assert!(parse_object(deep(60_000).as_bytes()).is_none());
        assert!(parse_object(b"{\"a\":\"\xff\"}").is_none());
    }
}
