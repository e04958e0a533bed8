//! Measurements that are not what they should be.

use reqwest::Method;

use super::{Case, Row, json_body};
use crate::support::Client;

const PATH: &str = "/api/v1/metrics";

/// Samples that come after a good one.
#[rustfmt::skip]
const SAMPLES: &[Row] = &[
    ("an unknown field", r#"{"name":"a","valeu":1}"#, 400, "unknown_field", "samples[1].valeu"),
    ("no value", r#"{"name":"a"}"#, 422, "invalid_field", "samples[1].value"),
    ("a wrong type", r#"{"name":"a","value":"1"}"#, 422, "invalid_field", "samples[1].value"),
    ("a bad name", r#"{"name":"a b","value":1}"#, 422, "invalid_field", "samples[1].name"),
    ("a bad label", r#"{"name":"a","labels":{"a-b":"x"},"value":1}"#, 422, "invalid_field", "samples[1].labels"),
    ("NaN", r#"{"name":"a","value":NaN}"#, 400, "invalid_json", ""),
    ("an infinity", r#"{"name":"a","value":1e999}"#, 400, "invalid_json", ""),
    ("a far future", r#"{"name":"a","value":1,"at":"2999-01-01T00:00:00Z"}"#, 422, "sample_refused", "samples[1].at"),
    ("long ago", r#"{"name":"a","value":1,"at":0}"#, 422, "sample_refused", "samples[1].at"),
    ("no time", r#"{"name":"a","value":1,"at":"noon"}"#, 422, "invalid_field", "samples[1].at"),
    ("a time too far", r#"{"name":"a","value":1,"at":1e300}"#, 422, "invalid_field", "samples[1].at"),
];

/// Lines of Prometheus' format that come after a good one.
#[rustfmt::skip]
const LINES: &[Row] = &[
    ("a bad line", "{} {} {}", 400, "invalid_exposition", "body"),
    ("a bad label in a text", "a{b-c=\"d\"} 1", 400, "invalid_exposition", "body"),
    ("a kind that is none", "# TYPE a tide\na 1", 400, "invalid_exposition", "body"),
];

pub(super) fn cases(server: &Client) -> Vec<Case> {
    let samples = SAMPLES.iter().map(|row| {
        let text = format!(r#"{{"samples":[{{"name":"good","value":1}},{}]}}"#, row.1);
        Case::of(row, json_body(server, PATH, text))
    });
    let lines = LINES.iter().map(|row| {
        let request = server.request(Method::POST, "/api/v1/metrics/import/prometheus");
        Case::of(row, request.body(format!("good 1\n{}\n", row.1)))
    });
    samples.chain(lines).chain([long_label(server)]).collect()
}

fn long_label(server: &Client) -> Case {
    let value = "x".repeat(2_049);
    let text = format!(r#"{{"samples":[{{"name":"a","labels":{{"a":"{value}"}},"value":1}}]}}"#);
    let row = (
        "a long label",
        "",
        422,
        "limit_exceeded",
        "samples[0].labels",
    );
    Case::of(&row, json_body(server, PATH, text))
}
