//! The expected answers that the targets compare the crate's with, computed in another way than the crate does.
#![forbid(unsafe_code)]

use serde_json::{Map, Value};

/// The object that a text encodes; `None` if an object in it repeats a member. serde_json keeps only the last of
/// repeated members, so that its objects then have fewer members than the text has colons.
pub fn unique_object(text: &[u8]) -> Option<Map<String, Value>> {
    let value: Value = serde_json::from_slice(text).ok()?;
    if members(&value) != colons(text) {
        return None;
    }
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// Whether the text is free of the member name that serde_json treats specially in a [`Value`] once its feature
/// `raw_value` is enabled, as the crate does.
pub fn is_plain(text: &[u8]) -> bool {
    !text.windows(b"::RawValue".len()).any(|window| window == b"::RawValue")
}

fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// The number of colons outside of strings. Each member has one.
fn colons(text: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}
