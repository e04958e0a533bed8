//! The house rules that neither the compiler nor clippy knows.

mod files;
mod markdown;
mod rust;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use crate::failure::{Failure, Result};

/// A place that breaks a rule, and which one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// From the root of the repository, with `/` between its parts.
    path: String,
    /// Counted from 1.
    line: usize,
    message: String,
}

/// Every breach of the rules below `root`, file by file.
pub(crate) fn check(root: &Path) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for path in files::below(root)? {
        let check: fn(&Path, &str, &str) -> Vec<Complaint> = match path.extension() {
            Some(extension) if extension == "rs" => |_, name, text| rust::check(name, text),
            Some(extension) if extension == "md" => markdown::check,
            _ => continue,
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|cause| Failure::because(path.display(), cause))?;
        complaints.extend(check(root, &files::name(root, &path), &text));
    }
    Ok(complaints)
}

impl Complaint {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}
