//! Keys: what each opens, and when it opens nothing any more.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Client, Reply, TestServer};

/// Every operation of the description: method, path with an id put in, and the scope that it needs.
async fn operations(server: &Client) -> Vec<(Method, String, Option<String>)> {
    let description = server.get("/api/v1/openapi.json").await.expect(200);
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else {
                continue;
            };
            let scope = operation["security"][0]["key"][0].as_str();
            let path = path
                .replace("{id}", "01955151-0000-7000-8000-000000000000")
                .replace("{label}", "job");
            found.push((method, path, scope.map(str::to_owned)));
        }
    }
    found
}

#[tokio::test]
async fn without_a_key_only_health_answers() {
    let server = TestServer::start().await;
    let mut open = Vec::new();
    for (method, path, scope) in operations(&server).await {
        let reply = server.send(server.bare(method, &path)).await;
        match scope {
            Some(_) => {
                assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
                reply.expect_problem(401, "missing_key");
            }
            None => {
                assert_eq!(reply.status, 200, "{path}");
                open.push(path);
            }
        }
    }
    open.sort();
    assert_eq!(open, ["/livez", "/readyz"]);
    for path in ["/", "/nothing", "/api/v1/nothing"] {
        let reply = server.send(server.bare(Method::GET, path)).await;
        reply.expect_problem(401, "missing_key");
    }
}

#[tokio::test]
async fn a_key_opens_what_its_scopes_say() {
    let server = TestServer::start().await;
    let operations = operations(&server).await;
    for scope in ["read", "ingest", "operate"] {
        let (holder, _) = server.issue(&[scope]).await;
        for (method, path, needed) in &operations {
            let is_open = needed.is_none() || needed.as_deref() == Some(scope);
            if is_open {
                continue;
            }
            let reply = holder.send(holder.request(method.clone(), path)).await;
            reply.expect_problem(403, "insufficient_scope");
        }
    }
    let (reader, _) = server.issue(&["read"]).await;
    reader.get("/api/v1/events").await.expect(200);
    let (collector, _) = server.issue(&["ingest"]).await;
    collector.record_event("x").await.expect(201);
}

#[tokio::test]
async fn wrong_keys_are_refused_each_with_its_code() {
    let server = TestServer::start().await;
    let soon = json!({ "name": "short", "scopes": ["read"], "expires_at": in_millis(150) });
    let short = server.post("/api/v1/keys", &soon).await.expect(201);
    let short = server.with_key(short["secret"].as_str().unwrap());
    let (gone, id) = server.issue(&["read"]).await;
    gone.get("/api/v1/events").await.expect(200);
    let revoke = server.request(Method::DELETE, &format!("/api/v1/keys/{id}"));
    let revoked = server.send(revoke).await.expect(200);
    assert_eq!(revoked["state"], "revoked");
    gone.get("/api/v1/events")
        .await
        .expect_problem(401, "revoked_key");
    crate::support::wait_until(async || short.get("/api/v1/events").await.status == 401).await;
    short
        .get("/api/v1/events")
        .await
        .expect_problem(401, "expired_key");
    let cut = &server.key[..server.key.len() - 1];
    for key in ["x", "tg_live_", cut] {
        let refused = server.with_key(key).get("/api/v1/events").await;
        refused.expect_problem(401, "invalid_key");
    }
    let basic = server
        .bare(Method::GET, "/api/v1/events")
        .basic_auth("a", Some("b"));
    server.send(basic).await.expect_problem(401, "missing_key");
}

fn in_millis(millis: u128) -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(since.unwrap().as_millis() + millis).unwrap()
}

#[tokio::test]
async fn a_revoked_key_is_refused_whichever_process_revoked_it() {
    let server = TestServer::start().await;
    let (holder, id) = server.issue(&["read"]).await;
    let other = server.other_handle().await;
    let now =
        tidegate_stores::Timestamp::from_millis(i64::try_from(in_millis(0)).unwrap()).unwrap();
    let id = tidegate_stores::Id::parse(&id).unwrap();
    let revoke = other.write(move |tx| Ok(tidegate_stores::auth::revoke(tx, now, id)?));
    revoke.await.unwrap();
    holder
        .get("/api/v1/events")
        .await
        .expect_problem(401, "revoked_key");
}

#[tokio::test]
async fn a_rotated_key_has_another_secret() {
    let server = TestServer::start().await;
    let (old, id) = server.issue(&["read"]).await;
    let path = format!("/api/v1/keys/{id}/rotate");
    let rotated = server
        .post(&path, &json!({ "overlap": "1h" }))
        .await
        .expect(200);
    let new = server.with_key(rotated["secret"].as_str().unwrap());
    old.get("/api/v1/events").await.expect(200);
    new.get("/api/v1/events").await.expect(200);
    server.post(&path, &json!({})).await.expect(200);
    old.get("/api/v1/events")
        .await
        .expect_problem(401, "invalid_key");
    new.get("/api/v1/events")
        .await
        .expect_problem(401, "invalid_key");
}

#[tokio::test]
async fn a_secret_is_told_once_and_its_use_is_kept() {
    let server = TestServer::start().await;
    let (holder, id) = server.issue(&["read"]).await;
    holder.get("/api/v1/events").await.expect(200);
    let path = format!("/api/v1/keys/{id}");
    let is_used = async || {
        let key = server.get(&path).await.expect(200);
        key["last_used_at"].is_string()
    };
    crate::support::wait_until(is_used).await;
    let listed: Reply = server.get("/api/v1/keys").await;
    let listed: Json = listed.expect(200);
    let secret = &holder.key[41..];
    assert!(!listed.to_string().contains(secret));
    let log = server.get("/api/v1/system").await.expect(200);
    assert!(!log.to_string().contains(secret));
}
