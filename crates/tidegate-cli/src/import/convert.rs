//! Fields become values of their column's declared type, or a complaint.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use tidegate::Value;

use super::column::{Affinity, Column};
use crate::output::escape;
use crate::params::from_hex;

/// So much of a wrong field is shown.
const SHOWN_CHARS: usize = 40;

/// A field of a CSV file.
pub(super) fn field(text: &str, column: &Column, null: &str) -> Result<Value, String> {
    if text == null && !(column.not_null && column.affinity == Affinity::Text && text.is_empty()) {
        return Ok(Value::Null);
    }
    no_nul(text)?;
    typed(text, column)
}

/// A member of a JSON object.
pub(super) fn member(json: &Json, column: &Column) -> Result<Value, String> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(flag) => Ok(Value::from(*flag)),
        Json::Number(number) => self::number(number, column),
        Json::String(text) => {
            no_nul(text)?;
            typed(text, column)
        }
        Json::Object(members) if members.len() == 1 => {
            marked(members).unwrap_or_else(|| Ok(Value::Text(json.to_string())))
        }
        Json::Array(_) | Json::Object(_) => Ok(Value::Text(json.to_string())),
    }
}

fn number(number: &serde_json::Number, column: &Column) -> Result<Value, String> {
    let value = match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => Value::Integer(integer),
        (None, Some(real)) if !number.is_u64() => Value::Real(real),
        _ => return Err(format!("{number} does not fit 64 signed bits")),
    };
    match (column.affinity, value) {
        (Affinity::Text, _) => Ok(Value::Text(number.to_string())),
        (Affinity::Integer, Value::Real(real)) => whole(real)
            .map(Value::Integer)
            .ok_or_else(|| complaint(&number.to_string(), column)),
        (_, value) => Ok(value),
    }
}

/// What `export` writes for values that JSON lacks.
fn marked(members: &serde_json::Map<String, Json>) -> Option<Result<Value, String>> {
    if let Some(Json::String(text)) = members.get("$base64") {
        let bytes = STANDARD.decode(text);
        return Some(
            bytes
                .map(Value::Blob)
                .map_err(|_| "`$base64` holds no Base64".to_owned()),
        );
    }
    match members.get("$real")? {
        Json::String(text) if text == "inf" => Some(Ok(Value::Real(f64::INFINITY))),
        Json::String(text) if text == "-inf" => Some(Ok(Value::Real(f64::NEG_INFINITY))),
        _ => Some(Err("`$real` is neither \"inf\" nor \"-inf\"".to_owned())),
    }
}

fn typed(text: &str, column: &Column) -> Result<Value, String> {
    let trimmed = text.trim();
    match column.affinity {
        Affinity::Integer => integer(trimmed).ok_or_else(|| complaint(text, column)),
        Affinity::Real => real(trimmed)
            .map(Value::Real)
            .ok_or_else(|| complaint(text, column)),
        Affinity::Numeric => Ok(numeric(trimmed).unwrap_or_else(|| Value::Text(text.to_owned()))),
        Affinity::Text | Affinity::Any => Ok(Value::Text(text.to_owned())),
        Affinity::Blob => blob(text),
    }
}

fn integer(text: &str) -> Option<Value> {
    let parsed = text.parse().ok().or_else(|| flag(text));
    // `3.0` is an integer too, as it is for SQLite.
    parsed
        .or_else(|| real(text).and_then(whole))
        .map(Value::Integer)
}

fn flag(text: &str) -> Option<i64> {
    match text {
        "true" | "TRUE" | "True" => Some(1),
        "false" | "FALSE" | "False" => Some(0),
        _ => None,
    }
}

/// A finite or infinite number; what only looks like one (`nan`, `infinity`) is none.
pub(super) fn real(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(['-', '+']);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let infinite = digits == "inf";
    (plain || infinite).then(|| text.parse().ok()).flatten()
}

/// The integer that a real is, within the range where every integer has a real of its own.
fn whole(real: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (real.fract() == 0.0 && real.abs() <= EXACT).then_some(real as i64)
}

fn numeric(text: &str) -> Option<Value> {
    if let Ok(integer) = text.parse() {
        return Some(Value::Integer(integer));
    }
    flag(text)
        .map(Value::Integer)
        .or_else(|| real(text).map(Value::Real))
}

/// `\x` and hexadecimal digits; anything else is taken as the bytes of the text.
fn blob(text: &str) -> Result<Value, String> {
    match text.strip_prefix("\\x") {
        Some(digits) => from_hex(digits)
            .map(Value::Blob)
            .ok_or_else(|| "not hexadecimal digits in pairs after `\\x`".to_owned()),
        None => Ok(Value::Blob(text.as_bytes().to_vec())),
    }
}

fn no_nul(text: &str) -> Result<(), String> {
    match text.contains('\0') {
        true => Err("holds a NUL byte".to_owned()),
        false => Ok(()),
    }
}

fn complaint(text: &str, column: &Column) -> String {
    let shown = escape::shortened(text, SHOWN_CHARS);
    format!("`{}` is no {}", escape::line(&shown), column.declared)
}

#[cfg(test)]
mod tests;
