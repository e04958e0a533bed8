//! From serde's errors to problems with a field.

use serde::de::DeserializeOwned;

use crate::problem::{Code, Problem};

/// The deepest nesting of a JSON body.
const DEPTH_MAX: usize = 32;

/// The JSON document of a body.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    check_depth(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        of_json(&error.into_inner(), &path)
    })?;
    deserializer.end().map_err(|error| of_json(&error, ""))?;
    Ok(value)
}

/// Brackets within brackets, seen without reading what they hold.
fn check_depth(bytes: &[u8]) -> Result<(), Problem> {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => depth += 1,
            b']' | b'}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            let detail = format!("at most {DEPTH_MAX} levels");
            return Err(Problem::new(Code::TooDeep, detail));
        }
    }
    Ok(())
}

fn of_json(error: &serde_json::Error, path: &str) -> Problem {
    match error.classify() {
        serde_json::error::Category::Data => of_data(&error.to_string(), path),
        _ => Problem::new(Code::InvalidJson, error.to_string()),
    }
}

/// What serde says of a value of the right syntax; `path` is where it was.
pub(super) fn of_data(message: &str, path: &str) -> Problem {
    let parent = if path == "." { "" } else { path };
    let named = |prefix: &str| {
        let name = message.strip_prefix(prefix)?.split('`').next()?;
        let is_named = parent == name || parent.ends_with(&format!(".{name}"));
        Some(match parent {
            "" => name.to_owned(),
            parent if is_named => parent.to_owned(),
            parent => format!("{parent}.{name}"),
        })
    };
    if let Some(field) = named("unknown field `") {
        return Problem::new(Code::UnknownField, message.to_owned()).field(field);
    }
    match named("missing field `") {
        Some(field) => Problem::invalid_field(field, message.to_owned()),
        None if parent.is_empty() => Problem::new(Code::InvalidField, message.to_owned()),
        None => Problem::invalid_field(parent, message.to_owned()),
    }
}

#[cfg(test)]
mod tests;
