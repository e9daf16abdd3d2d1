//! A JSON parser that refuses repeated members at every depth (RFC 7515 section 4, RFC 8725 section 2.4).
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Parses JSON text into an object that borrows from it.
///
/// `None` if the text is not a JSON object, if an object in it repeats a member, if a number is too large for an `f64`,
/// or if the text nests deeper than 127 levels.
pub fn parse_object(text: &str) -> Option<Object<'_>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// The members of an object, sorted by name: whoever writes a token decides how many there are.
#[derive(Debug)]
pub struct Object<'t>(Vec<(Cow<'t, str>, Value<'t>)>);

/// A JSON value, as far as anybody reads it. A nested object is only searched for repeated members.
#[derive(Debug)]
pub enum Value<'t> {
    Object(Object<'t>),
    Array(Vec<Value<'t>>),
    String(Cow<'t, str>),
    Number(f64),
    Bool,
    Null,
}

impl<'t> Object<'t> {
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        let place = self.0.binary_search_by(|(other, _)| other.as_ref().cmp(name)).ok()?;
        Some(&self.0[place].1)
    }
}

impl<'t> Value<'t> {
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON without repeated members")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, _value: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Value::String(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Value::String(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut object = Vec::new();
        while let Some((Name(name), value)) = members.next_entry()? {
            object.push((name, value));
        }
        object.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        if object.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(A::Error::custom("repeated member"));
        }
        Ok(Value::Object(Object(object)))
    }
}

/// The name of a member. It is borrowed unless it has an escape.
#[derive(serde::Deserialize)]
struct Name<'t>(#[serde(borrow)] Cow<'t, str>);

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
            assert_eq!(parse_object(text).is_some(), accepted, "{text}");
        }
        assert!(parse_object(&deep(100)).is_some());
        assert!(parse_object(&deep(60_000)).is_none());
    }

    #[test]
    fn a_member_is_found_by_its_name_whatever_its_place_and_spelling() {
        let members =
            parse_object(r#"{"z":"\u0061","a":["b",2],"m\u006d":-1.5,"":null,"b":{},"c":true}"#).unwrap();
        for (name, expected) in [
            ("z", Some(r#"String("a")"#)),
            ("a", Some(r#"Array([String("b"), Number(2.0)])"#)),
            ("mm", Some("Number(-1.5)")),
            ("", Some("Null")),
            ("b", Some("Object(Object([]))")),
            ("c", Some("Bool")),
            ("d", None),
        ] {
            assert_eq!(members.get(name).map(|value| format!("{value:?}")).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_repeated_member_is_found_among_many() {
        let many = |last: &str| {
            let members: Vec<String> = (0..5_000).map(|number| format!(r#""{number}":0"#)).collect();
            format!(r#"{{{},"{last}":0}}"#, members.join(","))
        };
        assert!(parse_object(&many("5000")).is_some());
        assert!(parse_object(&many("2500")).is_none());
    }
}
