//! A delivery as text for people: a subject and a body.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::announcement::Status;
use super::delivery::{Delivery, ToldAlert};
use super::message::Reason;
use super::plain::plain_within;

/// The longest subject, in bytes.
pub const SUBJECT_BYTES_MAX: usize = 200;
/// The longest body, in bytes.
pub const BODY_BYTES_MAX: usize = 16 << 10;

/// The longest name, in bytes, that a line shows.
const NAME_BYTES: usize = 120;
/// The longest set of labels, text of an annotation, or address that a line shows, in bytes.
const LINE_BYTES: usize = 300;
/// Room for the last line, which says how many alerts are left out.
const LAST_LINE_BYTES: usize = 60;
/// The annotations that are told of each alert, the first that it has.
const SUMMARIES: &[&str] = &["summary", "message", "description"];

/// One line that says what a delivery is about: `[FIRING:2] [critical] error_rate {job="api"}`. At most
/// [`SUBJECT_BYTES_MAX`], without control characters.
#[must_use]
pub fn subject(delivery: &Delivery) -> String {
    let mut subject = match (delivery.reason, delivery.firing) {
        (Reason::Test, _) => "[TEST]".to_owned(),
        (Reason::Escalation, firing) => format!("[ESCALATION:{firing}]"),
        (_, 0) => format!("[RESOLVED:{}]", delivery.resolved),
        (_, firing) => format!("[FIRING:{firing}]"),
    };
    if let Some(severity) = delivery.severity() {
        push(&mut subject, format_args!(" [{severity}]"));
    }
    match delivery.common_labels.get("alertname") {
        Some(name) => push(
            &mut subject,
            format_args!(" {}", plain_within(name, NAME_BYTES)),
        ),
        None => push(&mut subject, format_args!(" several alerts")),
    }
    if !delivery.group_labels.is_empty() {
        push(&mut subject, format_args!(" {}", delivery.group_labels));
    }
    plain_within(&subject, SUBJECT_BYTES_MAX).into_owned()
}

/// Some lines for each alert, with as many alerts as fit into [`BODY_BYTES_MAX`], and how many are left out. Only line
/// feeds separate the lines; other control characters are not in it.
#[must_use]
pub fn body(delivery: &Delivery) -> String {
    let mut body = subject(delivery);
    body.push('\n');
    let mut listed = 0_u64;
    for alert in &delivery.alerts {
        let paragraph = paragraph(alert);
        if body.len() + paragraph.len() + LAST_LINE_BYTES > BODY_BYTES_MAX {
            break;
        }
        body.push_str(&paragraph);
        listed += 1;
    }
    let left_out = (delivery.firing + delivery.resolved).saturating_sub(listed);
    if left_out > 0 {
        push(&mut body, format_args!("\nand {left_out} more\n"));
    }
    body
}

/// What is told of one alert, after an empty line.
fn paragraph(alert: &ToldAlert) -> String {
    let state = match alert.status {
        Status::Firing => "FIRING",
        Status::Resolved => "RESOLVED",
    };
    let mut text = String::new();
    let (severity, name) = (alert.severity, plain_within(&alert.name, NAME_BYTES));
    push(&mut text, format_args!("\n{state} [{severity}] {name}\n"));
    if !alert.labels.is_empty() {
        line(&mut text, "labels", &alert.labels.to_string());
    }
    let summary = SUMMARIES
        .iter()
        .find_map(|name| alert.annotations.get(*name));
    if let Some(summary) = summary {
        line(&mut text, "summary", summary);
    }
    if let Some(value) = alert.value {
        line(&mut text, "value", &value.to_string());
    }
    line(&mut text, "since", &alert.starts_at.to_string());
    if let Some(ends_at) = alert.ends_at {
        line(&mut text, "until", &ends_at.to_string());
    }
    if alert.occurrences > 1 {
        line(&mut text, "occurrences", &alert.occurrences.to_string());
    }
    if let Some(url) = &alert.generator_url {
        line(&mut text, "see", url);
    }
    text
}

fn line(text: &mut String, name: &str, value: &str) {
    push(
        text,
        format_args!("  {name}: {}\n", plain_within(value, LINE_BYTES)),
    );
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more)
        .expect("invariant: writing to a String never fails");
}
