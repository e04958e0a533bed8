//! Refusing secrets that stand in settings in plain sight.

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::json_text::JsonText;

/// What the name of a member ends with if its value is secret, in small letters and without `_` and `-`.
const SECRET_NAMES: &[&str] = &[
    "apikey",
    "accesskey",
    "authorization",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "secretkey",
    "signingkey",
    "token",
];

/// How a value says that the secret stands elsewhere.
const REFERENCES: &[&str] = &["env:", "file:"];

/// Refuses settings that are no object, or that hold a text where a reference to a secret belongs.
pub(super) fn check(field: &'static str, settings: &JsonText) -> Result<()> {
    let value: Value = settings.decode(field)?;
    if !value.is_object() {
        return Err(Error::invalid(field, "must be a JSON object"));
    }
    match plain_secret(&value) {
        None => Ok(()),
        Some(name) => Err(Error::invalid(
            field,
            format!(
                "`{name}` must be a reference, env:NAME or file:PATH: settings are no place for secrets"
            ),
        )),
    }
}

/// The name of the first member that holds a secret itself.
fn plain_secret(value: &Value) -> Option<&str> {
    match value {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let is_plain = is_secret(name) && !is_reference(value);
            if is_plain {
                Some(name.as_str())
            } else {
                plain_secret(value)
            }
        }),
        Value::Array(items) => items.iter().find_map(plain_secret),
        _ => None,
    }
}

fn is_secret(name: &str) -> bool {
    let letters: String = name.chars().filter(|c| !"_-".contains(*c)).collect();
    let letters = letters.to_lowercase();
    SECRET_NAMES.iter().any(|end| letters.ends_with(end))
}

/// Whether it is a reference, or nothing at all. Containers are looked into by themselves.
fn is_reference(value: &Value) -> bool {
    match value {
        Value::String(text) => REFERENCES.iter().any(|start| text.starts_with(start)),
        Value::Number(_) => false,
        _ => true,
    }
}
