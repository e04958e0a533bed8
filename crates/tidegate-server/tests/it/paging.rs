//! Pages: every item once, whatever is added meanwhile.

use serde_json::json;

use crate::support::TestServer;

async fn all(server: &TestServer, path: &str, field: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let more = cursor
            .map(|cursor| format!("&cursor={cursor}"))
            .unwrap_or_default();
        let page = server.get(&format!("{path}{more}")).await.expect(200);
        for item in page["items"].as_array().unwrap() {
            let item = if field.is_empty() { item } else { &item[field] };
            found.push(item.as_str().unwrap().to_owned());
        }
        // Whoever comes meanwhile is newer than all that was asked for.
        server.record_event("meanwhile").await.expect(201);
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return found,
        }
    }
}

#[tokio::test]
async fn events_come_newest_first_and_once() {
    let server = TestServer::start().await;
    let titles: Vec<String> = (0..7).map(|n| format!("event {n}")).collect();
    for title in &titles {
        server.record_event(title).await.expect(201);
    }
    let mut found = all(&server, "/api/v1/events?limit=3&type=test", "title").await;
    found.reverse();
    assert_eq!(found, titles);
}

#[tokio::test]
async fn names_series_and_keys_have_pages() {
    let server = TestServer::start().await;
    let names: Vec<String> = (0..5).map(|n| format!("metric_{n}")).collect();
    let samples: Vec<_> = names
        .iter()
        .map(|name| json!({ "name": name, "value": 1 }))
        .collect();
    server
        .post("/api/v1/metrics", &json!({ "samples": samples }))
        .await
        .expect(200);
    assert_eq!(all(&server, "/api/v1/metrics?limit=2", "name").await, names);
    assert_eq!(
        all(&server, "/api/v1/metrics/series?limit=2", "name").await,
        names
    );
    server.issue(&["read"]).await;
    server.issue(&["read"]).await;
    let keys = all(&server, "/api/v1/keys?limit=2", "name").await;
    assert_eq!(keys, ["first", "test", "test"]);
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let server = TestServer::start().await;
    for n in 0..3 {
        server.record_event(&n.to_string()).await.expect(201);
    }
    let page = server.get("/api/v1/events?limit=1").await.expect(200);
    let next = page["next"].as_str().unwrap();
    let wrong = server.get(&format!("/api/v1/metrics?cursor={next}")).await;
    let problem = wrong.expect_problem(422, "invalid_field");
    assert_eq!(problem["field"], "cursor");
}

#[tokio::test]
async fn filters_and_statistics_agree() {
    let server = TestServer::start().await;
    for (n, severity) in ["info", "error", "error", "critical"].iter().enumerate() {
        let event = json!({ "type": "t", "severity": severity, "source": "s", "title": format!("n{n}"), "tags": ["x"] });
        server.post("/api/v1/events", &event).await.expect(201);
    }
    let both = server
        .get("/api/v1/events?severity=error&severity=critical&tag=x")
        .await
        .expect(200);
    assert_eq!(both["items"].as_array().unwrap().len(), 3);
    let statistics = server
        .get("/api/v1/events/statistics?window=1h")
        .await
        .expect(200);
    assert_eq!(statistics["total"], 4);
    assert_eq!(
        statistics["by_severity"][0],
        json!({ "value": "critical", "count": 1 })
    );
    let id = both["items"][0]["id"].as_str().unwrap();
    let one = server
        .get(&format!("/api/v1/events/{id}"))
        .await
        .expect(200);
    assert_eq!(one["title"], "n3");
}
