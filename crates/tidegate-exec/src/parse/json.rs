//! Figures out of a JSON document.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::{ParseError, shown};
use crate::error::Error;

pub(super) fn metrics(
    metrics: &BTreeMap<String, String>,
    text: &str,
) -> Result<Vec<(String, f64)>, ParseError> {
    let document: Value = serde_json::from_str(text)
        .map_err(|error| ParseError::new(format!("the output is no JSON document: {error}")))?;
    let read = metrics.iter().map(|(metric, pointer)| {
        let value = value(&document, pointer);
        let value = value.map_err(|error| error.at(format_args!("`{pointer}` for `{metric}`")))?;
        Ok((metric.clone(), value))
    });
    read.collect()
}

/// Refuses what is no JSON pointer.
pub(super) fn validate_pointer(pointer: &str) -> Result<(), Error> {
    let begins = pointer.is_empty() || pointer.starts_with('/');
    let mut escapes = pointer.split('~').skip(1);
    if begins && escapes.all(|rest| rest.starts_with(['0', '1'])) {
        return Ok(());
    }
    let reason = format!("has {pointer:?}, which is no JSON pointer");
    Err(Error::invalid("metrics", reason))
}

fn value(document: &Value, pointer: &str) -> Result<f64, ParseError> {
    match document.pointer(pointer) {
        Some(Value::Bool(value)) => Ok(f64::from(u8::from(*value))),
        Some(Value::Number(number)) => number
            .as_f64()
            .filter(|value| value.is_finite())
            .ok_or_else(|| ParseError::new(format!("{number} is not finite"))),
        Some(other) => Err(ParseError::new(format!(
            "{} is no number",
            shown(&other.to_string())
        ))),
        None => Err(ParseError::new("the document has no such place")),
    }
}
