//! Which scope opens which route of alerts.

use reqwest::Method;

use crate::support::TestServer;

const ID: &str = "01955151-0000-7000-8000-000000000000";

/// Routes, each with the scope that opens it. `{id}` stands for an id that is nobody's.
#[rustfmt::skip]
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/api/v1/alerts", "read"),
    ("GET", "/api/v1/alerts/history", "read"),
    ("GET", "/api/v1/alerts/summary", "read"),
    ("GET", "/api/v1/alerts/{id}", "read"),
    ("POST", "/api/v1/alerts", "ingest"),
    ("POST", "/api/v1/alerts/test", "operate"),
    ("POST", "/api/v1/alerts/{id}/acknowledge", "operate"),
    ("POST", "/api/v1/alerts/{id}/suppress", "operate"),
    ("POST", "/api/v1/alerts/{id}/resolve", "operate"),
    ("GET", "/api/v1/rules", "read"),
    ("GET", "/api/v1/rules/x", "read"),
    ("PUT", "/api/v1/rules/x", "admin"),
    ("DELETE", "/api/v1/rules/x", "admin"),
    ("POST", "/api/v1/rules/check", "read"),
    ("GET", "/api/v1/rules/x/explain", "read"),
    ("GET", "/api/v1/silences", "read"),
    ("GET", "/api/v1/silences/{id}", "read"),
    ("POST", "/api/v1/silences", "operate"),
    ("DELETE", "/api/v1/silences/{id}", "operate"),
    ("GET", "/api/v1/notifications", "read"),
    ("GET", "/api/v1/notifications/{id}", "read"),
    ("POST", "/api/v1/notifications/{id}/retry", "operate"),
    ("POST", "/api/v1/notifications/{id}/cancel", "operate"),
    ("GET", "/api/v1/targets", "read"),
    ("POST", "/api/v1/targets/x/test", "operate"),
    ("POST", "/api/v2/alerts", "ingest"),
    ("GET", "/api/v2/alerts", "read"),
    ("GET", "/api/v2/alerts/groups", "read"),
    ("GET", "/api/v2/receivers", "read"),
    ("GET", "/api/v2/status", "read"),
    ("GET", "/api/v2/silences", "read"),
    ("POST", "/api/v2/silences", "operate"),
    ("GET", "/api/v2/silence/{id}", "read"),
    ("DELETE", "/api/v2/silence/{id}", "operate"),
];

#[tokio::test]
async fn each_route_is_opened_by_one_scope_and_no_other() {
    let server = TestServer::start().await;
    let scopes = ["admin", "ingest", "operate", "read"];
    let mut clients = Vec::new();
    for scope in scopes {
        clients.push((scope, server.issue(&[scope]).await.0));
    }
    for (method, path, wanted) in ROUTES {
        let path = path.replace("{id}", ID);
        let method: Method = method.parse().unwrap();
        let bare = server.send(server.bare(method.clone(), &path)).await;
        bare.expect_problem(401, "missing_key");
        for (scope, client) in &clients {
            let reply = client.send(client.request(method.clone(), &path)).await;
            let is_open = reply.status != 403;
            let expected = scope == wanted || *scope == "admin";
            assert_eq!(is_open, expected, "{method} {path} with {scope}");
        }
    }
}
