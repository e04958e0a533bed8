//! Figures out of lines like `name=1.5`.

use std::collections::HashSet;

use super::error::{ParseError, number, shown};
use super::is_metric;

pub(super) fn metrics(text: &str) -> Result<Vec<(String, f64)>, ParseError> {
    let mut seen = HashSet::new();
    let mut metrics = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = |error: ParseError| error.at(format_args!("line {}", index + 1));
        let (name, value) = metric(line).map_err(at)?;
        if !seen.insert(name) {
            return Err(at(ParseError::new(format!("`{name}` is there twice"))));
        }
        metrics.push((name.to_owned(), value));
    }
    if metrics.is_empty() {
        return Err(ParseError::new("the output has no line like `name=1.5`"));
    }
    Ok(metrics)
}

fn metric(line: &str) -> Result<(&str, f64), ParseError> {
    let (name, value) = line
        .split_once('=')
        .ok_or_else(|| ParseError::new(format!("{} has no `=`", shown(line))))?;
    let name = name.trim();
    if !is_metric(name) {
        let reason = format!("{} cannot be the name of a metric", shown(name));
        return Err(ParseError::new(reason));
    }
    Ok((name, number(value)?))
}
