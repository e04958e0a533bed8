//! The small templates of annotations.

#[cfg(test)]
mod tests;

use std::fmt;

use super::texts::{ANNOTATION_BYTES_MAX, cut};
use crate::check::shown;
use crate::error::{Error, Result};
use crate::labels::{Labels, check_name};

/// A text with places for the number and the labels of an alert.
///
/// Between `{{` and `}}` may stand `$value`, the number that was compared (nothing if there was none), or
/// `$labels.NAME`, the value of a label (nothing if it has none). Everything else is taken as it stands.
#[derive(Debug)]
pub(super) struct Template<'t>(Vec<Piece<'t>>);

#[derive(Debug, PartialEq)]
enum Piece<'t> {
    Text(&'t str),
    Value,
    Label(&'t str),
}

impl<'t> Template<'t> {
    /// Reads one; `field` is what errors call it, and their position is the byte offset.
    pub(super) fn parse(field: &str, text: &'t str) -> Result<Self> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some(start) = rest.find("{{") {
            let refused = |reason: String| {
                let at = text.len() - rest.len() + start;
                Err(Error::invalid(field.to_owned(), reason).at(at))
            };
            let inside = &rest[start + 2..];
            let Some(end) = inside.find("}}") else {
                return refused("`{{` without `}}`".to_owned());
            };
            let Some(piece) = reference(inside[..end].trim()) else {
                let what = shown(inside[..end].trim());
                return refused(format!("{what} is neither $value nor $labels.NAME"));
            };
            pieces.extend([Piece::Text(&rest[..start]), piece]);
            rest = &inside[end + 2..];
        }
        pieces.push(Piece::Text(rest));
        Ok(Self(pieces))
    }

    /// Fills it in; what is longer than an annotation may be is cut.
    pub(super) fn fill(&self, value: Option<f64>, labels: &Labels) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Label(name) => filled.push_str(labels.get(name).unwrap_or_default()),
                Piece::Value => filled.extend(value.map(|value| Number(value).to_string())),
            }
        }
        cut(filled, ANNOTATION_BYTES_MAX)
    }
}

fn reference(text: &str) -> Option<Piece<'_>> {
    match text.strip_prefix("$labels.") {
        Some(name) => check_name("labels", name)
            .is_ok()
            .then_some(Piece::Label(name)),
        None => (text == "$value").then_some(Piece::Value),
    }
}

/// A number as people read it: very large and very small ones with an exponent.
pub(super) struct Number(pub(super) f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        match size == 0.0 || (1e-6..1e15).contains(&size) {
            true => write!(f, "{}", self.0),
            false => write!(f, "{:e}", self.0),
        }
    }
}
