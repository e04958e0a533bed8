//! Paths, parameters and headers that are not what they should be.

use reqwest::Method;

use super::{Case, Row};
use crate::support::Client;

const LIST: &str = "/api/v1/events";

#[rustfmt::skip]
const PATHS: &[Row] = &[
    ("no such path", "/api/v1/nothing", 404, "unknown_route", ""),
    ("no such event", "/api/v1/events/01955151-0000-7000-8000-000000000000", 404, "not_found", ""),
    ("no id", "/api/v1/events/x", 422, "invalid_field", "id"),
    ("no text", "/api/v1/events/%ff", 422, "invalid_field", "path"),
    ("an unknown parameter", "/api/v1/events?colour=red", 400, "unknown_field", "colour"),
    ("no number", "/api/v1/events?limit=x", 422, "invalid_field", "limit"),
    ("nothing", "/api/v1/events?limit=0", 422, "invalid_field", "limit"),
    ("too much", "/api/v1/events?limit=1001", 422, "limit_exceeded", "limit"),
    ("a bad cursor", "/api/v1/events?cursor=abc", 422, "invalid_field", "cursor"),
    ("a bad text", "/api/v1/events?text=%22", 422, "invalid_field", "text"),
    ("no selector", "/api/v1/metrics/range", 422, "invalid_field", "selector"),
    ("a bad selector", "/api/v1/metrics/range?selector=a%7Bb%3D~%22(%22%7D", 422, "invalid_field", "selector"),
    ("a bad aggregate", "/api/v1/metrics/range?selector=a&aggregate=x", 422, "invalid_field", "aggregate"),
    ("a bad step", "/api/v1/metrics/range?selector=a&step=x", 422, "invalid_field", "step"),
    ("too many points", "/api/v1/metrics/range?selector=a&step=1ms", 422, "limit_exceeded", "step"),
    ("a bad window", "/api/v1/metrics/statistics?selector=a&window=x", 422, "invalid_field", "window"),
    ("both", "/api/v1/metrics/range?selector=a&window=1h&from=0", 422, "invalid_field", "window"),
    ("no place", "/api/v1/live?after=x", 422, "invalid_field", "after"),
    ("no topic", "/api/v1/live?topics=x", 422, "invalid_field", "topics"),
    ("no upgrade", "/api/v1/live/ws", 422, "invalid_field", "upgrade"),
];

#[rustfmt::skip]
const TIMEOUTS: &[Row] = &[
    ("no timeout", "soon", 422, "invalid_field", "x-request-timeout"),
    ("no time at all", "0s", 422, "invalid_field", "x-request-timeout"),
    ("a long timeout", "1day", 422, "limit_exceeded", "x-request-timeout"),
];

pub(super) fn cases(server: &Client) -> Vec<Case> {
    let get = |path: &str| server.request(Method::GET, path);
    let delete = server.request(Method::DELETE, LIST);
    let paths = PATHS.iter().map(|row| Case::of(row, get(row.1)));
    let timeouts = TIMEOUTS
        .iter()
        .map(|row| Case::of(row, get(LIST).header("x-request-timeout", row.1)));
    let method = ("a wrong method", LIST, 405, "method_not_allowed", "");
    let method = Case::of(&method, delete);
    paths.chain(timeouts).chain([method]).collect()
}
