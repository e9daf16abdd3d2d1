//! What the targets hold the crate's answers against, found in another way than the crate's own.
#![forbid(unsafe_code)]

use serde_json::{Map, Value};

/// The object a text says, if no object in it has a member twice. serde_json keeps the last of equal members, so its
/// objects have fewer members than the text has colons.
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

/// Whether serde_json reads the text's objects as plain ones: its feature `raw_value`, which the crate enables, gives one
/// member name a meaning in a [`Value`].
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

/// The colons outside of strings: one for each member.
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
