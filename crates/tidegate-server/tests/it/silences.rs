//! Silences: made, in force, ended.

use serde_json::{Value as Json, json};

use crate::support::TestServer;

#[tokio::test]
async fn a_silence_mutes_until_it_is_ended() {
    let server = TestServer::start().await;
    let alert =
        json!({ "name": "a", "severity": "warning", "message": "", "labels": { "job": "api" } });
    server.post("/api/v1/alerts", &alert).await.expect(201);
    let new = json!({ "matchers": ["job=\"api\"", "alertname=~a|b"], "for": "2h", "comment": "deploying" });
    let made = server.post("/api/v1/silences", &new).await.expect(201);
    assert_eq!(
        (&made["status"], &made["created_by"], &made["matchers"]),
        (
            &json!("active"),
            &json!("first"),
            &json!(["job=\"api\"", "alertname=~\"a|b\""])
        )
    );
    let id = made["id"].as_str().unwrap();
    let muted_by = |list: &Json| list["items"][0]["muted_by"].clone();
    let list = server.get("/api/v1/alerts").await.expect(200);
    assert_eq!(muted_by(&list), json!([format!("silence:{id}")]));

    let path = format!("/api/v1/silences/{id}");
    assert_eq!(server.get(&path).await.expect(200), made);
    let end = || server.send(server.request(reqwest::Method::DELETE, &path));
    let ended = end().await.expect(200);
    assert_eq!(
        (&ended["status"], &ended["ended_by"]),
        (&json!("expired"), &json!("first"))
    );
    let problem = end().await.expect_problem(409, "state_conflict");
    assert_eq!(problem["found"], "expired");
    let list = server.get("/api/v1/alerts").await.expect(200);
    assert_eq!(muted_by(&list), json!([]));
}

#[tokio::test]
async fn silences_are_found_by_their_status() {
    let server = TestServer::start().await;
    let later = json!({
        "matchers": ["a=b"], "starts_at": "2099-01-01T00:00:00Z", "ends_at": "2099-01-02T00:00:00Z", "comment": "later",
        "created_by": "ada",
    });
    let pending = server.post("/api/v1/silences", &later).await.expect(201);
    assert_eq!(pending["created_by"], "ada");
    let now = json!({ "matchers": ["a=b"], "for": "1h", "comment": "now" });
    server.post("/api/v1/silences", &now).await.expect(201);
    let cases: &[(&str, &[&str])] = &[
        ("", &["now", "later"]),
        ("?status=active", &["now"]),
        ("?status=pending", &["later"]),
        ("?status=expired", &[]),
        ("?limit=1", &["now"]),
    ];
    for (query, expected) in cases {
        let page = server
            .get(&format!("/api/v1/silences{query}"))
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap();
        let found: Vec<&str> = items
            .iter()
            .map(|one| one["comment"].as_str().unwrap())
            .collect();
        assert_eq!(found, *expected, "{query}");
    }
}
