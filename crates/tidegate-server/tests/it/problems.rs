//! Bad input: each kind with its status, code and field, and nothing stored halfway.

mod alerts;
mod bodies;
mod events;
mod samples;
mod urls;

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::{Client, TestServer};

/// What is wrong, the path or text, and the status, code and field (or nothing) of the answer.
type Row = (&'static str, &'static str, u16, &'static str, &'static str);

/// A request, and how it must fail.
struct Case {
    what: &'static str,
    request: RequestBuilder,
    status: u16,
    code: &'static str,
    field: Option<&'static str>,
}

impl Case {
    fn of((what, _, status, code, field): &Row, request: RequestBuilder) -> Self {
        Self {
            what,
            request,
            status: *status,
            code,
            field: (!field.is_empty()).then_some(field),
        }
    }

    async fn check(self, server: &Client) {
        let Self { what, status, .. } = self;
        let reply = server.send(self.request).await;
        assert_eq!(reply.status.as_u16(), status, "{what}: {}", reply.body);
        let problem = reply.expect_problem(status, self.code);
        assert_eq!(problem["field"].as_str(), self.field, "{what}: {problem}");
    }
}

fn json_body(server: &Client, path: &str, text: impl Into<String>) -> RequestBuilder {
    let request = server.request(Method::POST, path);
    request
        .header("content-type", "application/json")
        .body(text.into())
}

#[tokio::test]
async fn each_mistake_is_told_and_nothing_is_stored() {
    let server = TestServer::start_with(|config| config.server.body_bytes_max = 4_096).await;
    let cases = [
        alerts::cases(&server),
        bodies::cases(&server),
        samples::cases(&server),
        events::cases(&server),
        urls::cases(&server),
    ];
    for case in cases.into_iter().flatten() {
        case.check(&server).await;
    }
    assert!(server.titles().await.is_empty());
    for list in ["alerts/history", "rules", "silences", "notifications"] {
        let stored = server.get(&format!("/api/v1/{list}")).await.expect(200);
        assert_eq!(stored["items"], json!([]), "{list}");
    }
    let names = server.get("/api/v1/metrics").await.expect(200);
    assert_eq!(names["items"], json!([]));
    let refusals = server.get("/api/v1/metrics/refusals").await.expect(200);
    let codes: Vec<(&str, u64)> = refusals["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["code"].as_str().unwrap(),
                item["count"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(codes, [("future", 1), ("too_old", 1)]);
}

#[tokio::test]
async fn failures_are_counted_by_code() {
    let server = TestServer::start().await;
    for _ in 0..3 {
        server.get("/api/v1/events?limit=0").await.expect(422);
    }
    let system = server.get("/api/v1/system").await.expect(200);
    let operations = system["operations"].as_array().unwrap();
    let list = operations
        .iter()
        .find(|one| one["name"] == "events.list" && one["kind"] == "route");
    assert_eq!(list.unwrap()["errors"], json!({ "invalid_field": 3 }));
}

#[tokio::test]
async fn a_trace_goes_on_through_the_server() {
    let server = TestServer::start().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let request = server
        .request(Method::GET, "/livez")
        .header("traceparent", &parent);
    let reply = server.send(request).await;
    let own = reply.header("traceparent").unwrap();
    assert!(own.contains(trace) && own != parent, "{own}");
    let fresh = server.get("/livez").await;
    assert!(!fresh.header("traceparent").unwrap().contains(trace));
}
