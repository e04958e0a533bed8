//! Metrics: in as JSON or as Prometheus' text, out as figures and charts.

use reqwest::Method;
use serde_json::json;

use crate::support::TestServer;

#[tokio::test]
async fn what_is_put_in_as_json_comes_out() {
    let server = TestServer::start().await;
    let sample =
        |value: f64| json!({ "name": "queue", "labels": { "of": "mail" }, "value": value });
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let now_ms = u64::try_from(now.as_millis()).unwrap();
    let samples: Vec<_> = (1..=4)
        .map(|n| {
            let mut one = sample(f64::from(n));
            one["at"] = json!(now_ms - 1_000 * u64::try_from(n).unwrap());
            one
        })
        .collect();
    let stored = server
        .post("/api/v1/metrics", &json!({ "samples": samples }))
        .await
        .expect(200);
    assert_eq!(
        stored,
        json!({ "stored": 4, "new_series": 1, "refused": 0 })
    );
    let statistics = "/api/v1/metrics/statistics?selector=queue%7Bof%3D%22mail%22%7D&window=1m";
    let found = server.get(statistics).await.expect(200);
    assert_eq!(
        (&found["count"], &found["values"]["mean"]),
        (&json!(4), &json!(2.5))
    );
    let range = server.get("/api/v1/metrics/range?selector=queue&window=1m&step=1s&aggregate=last");
    let range = range.await.expect(200);
    assert_eq!(range["lines"][0]["points"].as_array().unwrap().len(), 4);
    let series = server
        .get("/api/v1/metrics/series?selector=queue")
        .await
        .expect(200);
    assert_eq!(series["items"][0]["labels"], json!({ "of": "mail" }));
    let labels = server.get("/api/v1/metrics/labels").await.expect(200);
    assert_eq!(labels["items"], json!(["of"]));
    let values = server
        .get("/api/v1/metrics/labels/of/values")
        .await
        .expect(200);
    assert_eq!(values["items"], json!(["mail"]));
}

#[tokio::test]
async fn a_text_of_prometheus_is_taken_at_both_places() {
    let server = TestServer::start().await;
    let text =
        "# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total{a=\"b\"} 5\nodd NaN\n";
    for path in ["/api/v1/metrics/import/prometheus", "/api/v1/metrics"] {
        let request = server.request(Method::POST, path);
        let request = request
            .header("content-type", "text/plain; version=0.0.4")
            .body(text);
        let stored = server.send(request).await.expect(200);
        assert_eq!(
            (&stored["stored"], &stored["refused"]),
            (&json!(1), &json!(1))
        );
        assert_eq!(stored["refusals"][0]["code"], "not_finite");
    }
    let names = server.get("/api/v1/metrics").await.expect(200);
    assert_eq!(
        names["items"],
        json!([{ "name": "hits_total", "kind": "counter", "help": "Hits." }])
    );
}

#[tokio::test]
async fn a_batch_may_be_stored_in_part_if_that_is_wished() {
    let server = TestServer::start().await;
    let batch = json!({ "samples": [
        { "name": "a", "value": 1 },
        { "name": "a", "value": 2, "at": "2999-01-01T00:00:00Z" },
    ] });
    let stored = server
        .post("/api/v1/metrics?all_or_nothing=false", &batch)
        .await
        .expect(200);
    assert_eq!(
        (&stored["stored"], &stored["refused"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(stored["refusals"][0]["item"], 1);
}

#[tokio::test]
async fn the_server_measures_itself_and_the_machine() {
    let server = TestServer::start_with(|config| {
        config.metrics.record_self = true;
        config.metrics.record_self_every = std::time::Duration::from_millis(100);
    })
    .await;
    let wanted = [
        "avg_execution_time_ms",
        "error_rate",
        "machine_load1",
        "memory_usage_mb",
        "tidegate_request_p99_seconds",
    ];
    crate::support::wait_until(async || {
        let names = server.get("/api/v1/metrics").await.expect(200);
        let names = names["items"].to_string();
        wanted.iter().all(|name| names.contains(name))
    })
    .await;
}
