//! Bodies that are not what they should be.

use reqwest::Method;

use super::{Case, Row, json_body};
use crate::support::Client;

const PATH: &str = "/api/v1/events";

#[rustfmt::skip]
const TEXTS: &[Row] = &[
    ("no JSON", "{", 400, "invalid_json", ""),
    ("nothing", "", 400, "invalid_json", ""),
    ("no object", "[]", 422, "invalid_field", ""),
    ("two documents", r#"{"type":"t","severity":"info","source":"s","title":"x"} {}"#, 400, "invalid_json", ""),
];

pub(super) fn cases(server: &Client) -> Vec<Case> {
    let texts = TEXTS
        .iter()
        .map(|row| Case::of(row, json_body(server, PATH, row.1)));
    texts.chain(sizes(server)).chain(kinds(server)).collect()
}

fn sizes(server: &Client) -> [Case; 2] {
    let long = format!("\"{}\"", "x".repeat(5_000));
    let deep = format!("{{\"details\":{}", "[".repeat(200));
    let too_long = ("a huge body", "", 413, "body_too_large", "");
    let too_deep = ("a deep body", "", 400, "too_deep", "");
    [
        Case::of(&too_long, json_body(server, PATH, long)),
        Case::of(&too_deep, json_body(server, PATH, deep)),
    ]
}

fn kinds(server: &Client) -> [Case; 5] {
    let post = |path: &str| server.request(Method::POST, path);
    let row = |what| (what, "", 415, "unsupported_media_type", "");
    let broken = |what| (what, "", 400, "body_unreadable", "");
    let html = post("/api/v1/metrics").header("content-type", "text/html");
    let encoded =
        |by: &str| json_body(server, PATH, "{}").header("content-encoding", by.to_owned());
    let latin = post("/api/v1/metrics/import/prometheus").body(vec![0xff]);
    [
        Case::of(&row("no media type"), post(PATH).body("{}")),
        Case::of(&row("another media type"), html.body("x")),
        Case::of(&row("an unknown encoding"), encoded("br")),
        Case::of(&broken("a broken encoding"), encoded("gzip")),
        Case::of(&broken("not UTF-8"), latin),
    ]
}
