//! The limits of what people and programs write into alerts, with their checks.

use std::collections::BTreeMap;

use crate::check;
use crate::error::{Error, Result};
use crate::labels::{Labels, check_name};

/// The longest name of an alert or rule, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// The longest name of whoever does something, in bytes.
pub const WHO_BYTES_MAX: usize = 128;
/// The longest reason, comment or message, in bytes.
pub const WHY_BYTES_MAX: usize = 4_096;
/// The most annotations of one alert.
pub const ANNOTATIONS_MAX: usize = 32;
/// The longest annotation, in bytes.
pub const ANNOTATION_BYTES_MAX: usize = 4_096;
/// The longest address of the page of an alert, in bytes.
pub const URL_BYTES_MAX: usize = 2_048;

/// The label that other programs keep an alert's name in.
pub(super) const NAME_LABEL: &str = "alertname";
/// The label that other programs keep its severity in.
pub(super) const SEVERITY_LABEL: &str = "severity";

/// Who does something.
pub(super) fn check_who(field: &'static str, who: &str) -> Result<()> {
    check::line(field, who, WHO_BYTES_MAX)
}

/// Labels of an alert whose name and severity are told apart from them.
pub(super) fn check_labels(labels: &Labels) -> Result<()> {
    for (label, field) in [(NAME_LABEL, "name"), (SEVERITY_LABEL, "severity")] {
        if labels.get(label).is_some() {
            let reason = format!("{label} must not be among them; it is the field `{field}`");
            return Err(Error::invalid(format!("labels.{label}"), reason));
        }
    }
    Ok(())
}

/// Texts by name.
pub(super) fn check_annotations(annotations: &BTreeMap<String, String>) -> Result<()> {
    check::count("annotations", annotations.len(), ANNOTATIONS_MAX)?;
    for (name, text) in annotations {
        check_name("annotations", name)?;
        check::text("annotations", text, ANNOTATION_BYTES_MAX)
            .map_err(|error| error.in_field(format!("annotations.{name}")))?;
    }
    Ok(())
}

/// A text cut to so many bytes, between two characters.
pub(super) fn cut(mut text: String, max_bytes: usize) -> String {
    text.truncate(text.floor_char_boundary(max_bytes));
    text
}
