//! What is wrong with an output, and where; and the numbers that may be wrong.

use std::fmt;

/// The most of an output that an error shows, in characters.
const SHOWN_MAX_CHARS: usize = 40;

/// What is wrong with an output, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    place: Option<String>,
    message: String,
}

impl ParseError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            place: None,
            message: message.into(),
        }
    }

    /// Says where it is.
    pub(super) fn at(self, place: impl fmt::Display) -> Self {
        Self {
            place: Some(place.to_string()),
            ..self
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for ParseError {}

/// The beginning of `text`, quoted, without control characters.
pub(super) fn shown(text: &str) -> String {
    let beginning: String = text.chars().take(SHOWN_MAX_CHARS).collect();
    let more = if beginning.len() < text.len() {
        "…"
    } else {
        ""
    };
    format!("{beginning:?}{more}")
}

/// A finite number, with white space around it perhaps.
pub(super) fn number(text: &str) -> Result<f64, ParseError> {
    let text = text.trim();
    let value: f64 = text
        .parse()
        .map_err(|_| ParseError::new(format!("{} is no number", shown(text))))?;
    if value.is_finite() {
        Ok(value)
    } else {
        Err(ParseError::new(format!("{} is not finite", shown(text))))
    }
}
