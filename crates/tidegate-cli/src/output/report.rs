//! What a command has done or found, in every form.

use serde_json::Value as Json;
use tidegate::Value;

use super::paint::{bold, dim};

/// A result that is no plain sequence of rows.
pub(crate) trait Report {
    /// The documented JSON document.
    fn to_json(&self) -> Json;

    /// For people, without a line break at the end.
    fn to_text(&self) -> String;

    /// Columns and rows, if the result is of that shape.
    fn to_csv(&self) -> Option<(Vec<&'static str>, Vec<Vec<Value>>)> {
        None
    }

    /// Whether it only says that all went well, which `--quiet` leaves out.
    fn is_mere_news(&self) -> bool {
        true
    }
}

/// A heading with labelled lines below it, aligned.
#[derive(Debug, Default)]
pub(crate) struct Section {
    heading: String,
    lines: Vec<(String, String)>,
}

impl Section {
    pub(crate) fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            lines: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn line(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.lines.push((label.into(), value.into()));
        self
    }
}

impl std::fmt::Display for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&bold(&self.heading))?;
        let width = self.lines.iter().map(|(label, _)| label.chars().count());
        let width = width.max().unwrap_or(0);
        for (label, value) in &self.lines {
            let gap = " ".repeat(width - label.chars().count());
            write!(f, "\n  {}{gap}  {value}", dim(label))?;
        }
        Ok(())
    }
}
