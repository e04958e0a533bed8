//! Events that are not what they should be.

use serde_json::{Value as Json, json};

use super::{Case, Row, json_body};
use crate::support::Client;

/// What is wrong with the second of two events.
#[rustfmt::skip]
const CHANGES: &[Row] = &[
    ("a bad severity", r#"{"severity":"bad"}"#, 422, "invalid_field", "events[1].severity"),
    ("an empty title", r#"{"title":""}"#, 422, "invalid_field", "events[1].title"),
    ("two lines", r#"{"title":"a\nb"}"#, 422, "invalid_field", "events[1].title"),
    ("a bad score", r#"{"health_score":101}"#, 422, "invalid_field", "events[1].health_score"),
    ("an event of the future", r#"{"at":"2999-01-01T00:00:00Z"}"#, 422, "invalid_field", "events[1].at"),
    ("an unknown field", r#"{"colour":"red"}"#, 400, "unknown_field", "events[1].colour"),
    ("tags that are none", r#"{"tags":"red"}"#, 422, "invalid_field", "events[1].tags"),
    ("NUL", r#"{"description":"a\u0000b"}"#, 422, "invalid_field", "events[1].description"),
];

pub(super) fn cases(server: &Client) -> Vec<Case> {
    let changes = CHANGES.iter().map(|row| {
        let change: Json = serde_json::from_str(row.1).unwrap();
        Case::of(row, batch(server, &change))
    });
    let long = json!({ "title": "x".repeat(600) });
    let row = ("a long title", "", 422, "limit_exceeded", "events[1].title");
    let long = Case::of(&row, batch(server, &long));
    changes.chain([long]).collect()
}

fn batch(server: &Client, change: &Json) -> reqwest::RequestBuilder {
    let good = json!({ "type": "t", "severity": "info", "source": "s", "title": "good" });
    let mut bad = good.clone();
    for (name, value) in change.as_object().unwrap() {
        bad[name] = value.clone();
    }
    let batch = json!({ "events": [good, bad] });
    json_body(server, "/api/v1/events/batch", batch.to_string())
}
