//! Bad input: each kind with its status, code and field, and nothing stored halfway.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value as Json, json};

use crate::support::{Client, TestServer};

type Case = (
    &'static str,
    RequestBuilder,
    u16,
    &'static str,
    Option<&'static str>,
);

fn json_body(server: &Client, path: &str, text: impl Into<String>) -> RequestBuilder {
    let request = server.request(Method::POST, path);
    request
        .header("content-type", "application/json")
        .body(text.into())
}

fn samples(server: &Client, sample: &Json) -> RequestBuilder {
    // A good one before it, which must not be stored either.
    let good = json!({ "name": "good", "value": 1 });
    let batch = json!({ "samples": [good, sample] });
    json_body(server, "/api/v1/metrics", batch.to_string())
}

fn events(server: &Client, change: Json) -> RequestBuilder {
    let good = json!({ "type": "t", "severity": "info", "source": "s", "title": "good" });
    let mut bad = good.clone();
    for (name, value) in change.as_object().unwrap() {
        bad[name] = value.clone();
    }
    let batch = json!({ "events": [good, bad] });
    json_body(server, "/api/v1/events/batch", batch.to_string())
}

fn exposition(server: &Client, text: &str) -> RequestBuilder {
    let request = server.request(Method::POST, "/api/v1/metrics/import/prometheus");
    request.body(format!("good 1\n{text}\n"))
}

fn bodies(server: &Client) -> Vec<Case> {
    let path = "/api/v1/events";
    let long = format!("\"{}\"", "x".repeat(5_000));
    let deep = format!("{{\"details\":{}", "[".repeat(200));
    let untyped = server.request(Method::POST, path).body("{}");
    let other = server
        .request(Method::POST, "/api/v1/metrics")
        .header("content-type", "text/html");
    let brotli = json_body(server, path, "{}").header("content-encoding", "br");
    let no_gzip = json_body(server, path, "{}").header("content-encoding", "gzip");
    vec![
        (
            "no JSON",
            json_body(server, path, "{"),
            400,
            "invalid_json",
            None,
        ),
        (
            "two documents",
            json_body(server, path, "{} {}"),
            422,
            "invalid_field",
            Some("type"),
        ),
        (
            "a huge body",
            json_body(server, path, long),
            413,
            "body_too_large",
            None,
        ),
        (
            "a deep body",
            json_body(server, path, deep),
            400,
            "too_deep",
            None,
        ),
        (
            "no media type",
            untyped,
            415,
            "unsupported_media_type",
            None,
        ),
        (
            "another media type",
            other.body("x"),
            415,
            "unsupported_media_type",
            None,
        ),
        (
            "an unknown encoding",
            brotli,
            415,
            "unsupported_media_type",
            None,
        ),
        ("a broken encoding", no_gzip, 400, "body_unreadable", None),
        (
            "not UTF-8",
            exposition(server, "x").body(vec![0xff]),
            400,
            "body_unreadable",
            None,
        ),
    ]
}

fn metrics(server: &Client) -> Vec<Case> {
    let sample = |sample: Json| samples(server, &sample);
    let nan = r#"{"samples":[{"name":"good","value":1},{"name":"a","value":NaN}]}"#;
    let huge = r#"{"samples":[{"name":"good","value":1},{"name":"a","value":1e999}]}"#;
    let metrics = "/api/v1/metrics";
    let (code, field) = ("invalid_field", "samples[1].");
    let _ = field;
    vec![
        (
            "an unknown field",
            sample(json!({ "name": "a", "valeu": 1 })),
            400,
            "unknown_field",
            Some("samples[1].valeu"),
        ),
        (
            "no value",
            sample(json!({ "name": "a" })),
            422,
            code,
            Some("samples[1].value"),
        ),
        (
            "a wrong type",
            sample(json!({ "name": "a", "value": "1" })),
            422,
            code,
            Some("samples[1].value"),
        ),
        (
            "a bad name",
            sample(json!({ "name": "a b", "value": 1 })),
            422,
            code,
            Some("samples[1].name"),
        ),
        (
            "a bad label",
            sample(json!({ "name": "a", "labels": { "a-b": "x" }, "value": 1 })),
            422,
            code,
            Some("samples[1].labels"),
        ),
        (
            "a long label",
            sample(json!({ "name": "a", "labels": { "a": "x".repeat(2_049) }, "value": 1 })),
            422,
            "limit_exceeded",
            Some("samples[1].labels"),
        ),
        (
            "NaN",
            json_body(server, metrics, nan),
            400,
            "invalid_json",
            None,
        ),
        (
            "an infinity",
            json_body(server, metrics, huge),
            400,
            "invalid_json",
            None,
        ),
        (
            "a far future",
            sample(json!({ "name": "a", "value": 1, "at": "2999-01-01T00:00:00Z" })),
            422,
            "sample_refused",
            Some("samples[1].at"),
        ),
        (
            "long ago",
            sample(json!({ "name": "a", "value": 1, "at": 0 })),
            422,
            "sample_refused",
            Some("samples[1].at"),
        ),
        (
            "no time",
            sample(json!({ "name": "a", "value": 1, "at": "noon" })),
            422,
            code,
            Some("samples[1].at"),
        ),
        (
            "a bad line",
            exposition(server, "{} {} {}"),
            400,
            "invalid_exposition",
            Some("body"),
        ),
        (
            "a bad label in a text",
            exposition(server, "a{b-c=\"d\"} 1"),
            400,
            "invalid_exposition",
            Some("body"),
        ),
    ]
}

fn event_fields(server: &Client) -> Vec<Case> {
    let event = |change: Json| events(server, change);
    let code = "invalid_field";
    vec![
        (
            "a bad severity",
            event(json!({ "severity": "bad" })),
            422,
            code,
            Some("events[1].severity"),
        ),
        (
            "an empty title",
            event(json!({ "title": "" })),
            422,
            code,
            Some("events[1].title"),
        ),
        (
            "two lines",
            event(json!({ "title": "a\nb" })),
            422,
            code,
            Some("events[1].title"),
        ),
        (
            "a long title",
            event(json!({ "title": "x".repeat(600) })),
            422,
            "limit_exceeded",
            Some("events[1].title"),
        ),
        (
            "a bad score",
            event(json!({ "health_score": 101 })),
            422,
            code,
            Some("events[1].health_score"),
        ),
        (
            "an event of the future",
            event(json!({ "at": "2999-01-01T00:00:00Z" })),
            422,
            code,
            Some("events[1].at"),
        ),
        (
            "an unknown event field",
            event(json!({ "colour": "red" })),
            400,
            "unknown_field",
            Some("events[1].colour"),
        ),
    ]
}

fn urls(server: &Client) -> Vec<Case> {
    let get = |path: &str| server.request(Method::GET, path);
    let delete = server.request(Method::DELETE, "/api/v1/events");
    let no_event = "/api/v1/events/01955151-0000-7000-8000-000000000000";
    let timeout = |text: &str| get("/api/v1/events").header("x-request-timeout", text.to_owned());
    let code = "invalid_field";
    vec![
        (
            "no such path",
            get("/api/v1/nothing"),
            404,
            "unknown_route",
            None,
        ),
        ("no such event", get(no_event), 404, "not_found", None),
        ("no id", get("/api/v1/events/x"), 422, code, Some("id")),
        ("a wrong method", delete, 405, "method_not_allowed", None),
        (
            "an unknown parameter",
            get("/api/v1/events?colour=red"),
            400,
            "unknown_field",
            Some("colour"),
        ),
        (
            "no number",
            get("/api/v1/events?limit=x"),
            422,
            code,
            Some("limit"),
        ),
        (
            "nothing",
            get("/api/v1/events?limit=0"),
            422,
            code,
            Some("limit"),
        ),
        (
            "too much",
            get("/api/v1/events?limit=1001"),
            422,
            "limit_exceeded",
            Some("limit"),
        ),
        (
            "a bad cursor",
            get("/api/v1/events?cursor=abc"),
            422,
            code,
            Some("cursor"),
        ),
        (
            "a bad text",
            get("/api/v1/events?text=%22"),
            422,
            code,
            Some("text"),
        ),
        (
            "no selector",
            get("/api/v1/metrics/range"),
            422,
            code,
            Some("selector"),
        ),
        (
            "a bad selector",
            get("/api/v1/metrics/range?selector=a%7Bb%3D~%22(%22%7D"),
            422,
            code,
            Some("selector"),
        ),
        (
            "a bad aggregate",
            get("/api/v1/metrics/range?selector=a&aggregate=x"),
            422,
            code,
            Some("aggregate"),
        ),
        (
            "a bad step",
            get("/api/v1/metrics/range?selector=a&step=x"),
            422,
            code,
            Some("step"),
        ),
        (
            "too many points",
            get("/api/v1/metrics/range?selector=a&step=1ms"),
            422,
            "limit_exceeded",
            Some("step"),
        ),
        (
            "a bad window",
            get("/api/v1/metrics/statistics?selector=a&window=x"),
            422,
            code,
            Some("window"),
        ),
        (
            "both",
            get("/api/v1/metrics/range?selector=a&window=1h&from=0"),
            422,
            code,
            Some("window"),
        ),
        (
            "no timeout",
            timeout("soon"),
            422,
            code,
            Some("x-request-timeout"),
        ),
        (
            "a long timeout",
            timeout("1day"),
            422,
            "limit_exceeded",
            Some("x-request-timeout"),
        ),
        (
            "no place",
            get("/api/v1/live?after=x"),
            422,
            code,
            Some("after"),
        ),
        (
            "no topic",
            get("/api/v1/live?topics=x"),
            422,
            code,
            Some("topics"),
        ),
        (
            "no upgrade",
            get("/api/v1/live/ws"),
            422,
            code,
            Some("upgrade"),
        ),
    ]
}

#[tokio::test]
async fn each_mistake_is_told_and_nothing_is_stored() {
    let server = TestServer::start_with(|config| config.server.body_bytes_max = 4_096).await;
    let cases = [
        bodies(&server),
        metrics(&server),
        event_fields(&server),
        urls(&server),
    ];
    for (what, request, status, code, field) in cases.into_iter().flatten() {
        let reply = server.send(request).await;
        assert_eq!(reply.status.as_u16(), status, "{what}: {}", reply.body);
        let problem = reply.expect_problem(status, code);
        assert_eq!(problem["field"].as_str(), field, "{what}: {problem}");
    }
    assert!(server.titles().await.is_empty());
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
