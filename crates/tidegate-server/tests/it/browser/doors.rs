//! What is answered to whoever has no key, and what a cookie is good for: seen without a browser.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, Response};

use crate::support::{TestServer, client_event};

const PATHS: &[&str] = &[
    "/",
    "/dashboard",
    "/dashboard/alerts",
    "/dashboard/rules",
    "/dashboard/metrics",
    "/dashboard/events",
    "/dashboard/notifications",
    "/dashboard/probes",
    "/dashboard/system",
];

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// No inline script and no inline style may run, unless the policy names its hash.
fn check_policy(response: &Response) {
    let policy = header(response, "content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header(response, "x-content-type-options"), "nosniff");
    assert_eq!(header(response, "x-frame-options"), "DENY");
}

#[tokio::test]
async fn without_a_key_pages_answer_401_with_a_form() {
    let server = TestServer::start().await;
    for path in PATHS {
        server
            .send(server.bare(Method::GET, path))
            .await
            .expect_problem(401, "missing_key");
        let request = server
            .bare(Method::GET, path)
            .header("accept", "text/html,*/*;q=0.8");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401, "{path}");
        check_policy(&response);
        assert_eq!(header(&response, "cache-control"), "no-store");
        let page = response.text().await.unwrap();
        assert!(page.contains("action=\"/login\""), "{path}");
        assert!(!page.contains("<script"), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn pages_and_assets_come_with_a_strict_policy_and_only_with_a_key() {
    let server = TestServer::start().await;
    let response = server
        .request(Method::GET, "/dashboard")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    check_policy(&response);
    let page = response.text().await.unwrap();
    let module = page
        .split('"')
        .find(|part| part.ends_with("/overview.js"))
        .unwrap();
    let refused = server.bare(Method::GET, module).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let request = server
        .request(Method::GET, module)
        .header("accept-encoding", "gzip");
    let asset = request.send().await.unwrap();
    assert_eq!(asset.status(), 200);
    assert!(header(&asset, "cache-control").contains("immutable"));
    assert_eq!(header(&asset, "content-encoding"), "gzip");
    let stale = module.replacen("/assets/", "/assets/0", 1);
    assert_eq!(server.get(&stale).await.status, 404);
    server.stop().await;
}

/// Signs in by the form, and gives the answer.
async fn login(server: &TestServer, key: &str, next: &str) -> Response {
    let body = format!("key={key}&next={next}");
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build();
    let request = http
        .unwrap()
        .post(format!("{}/login", server.url))
        .body(body);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request
        .header("sec-fetch-site", "same-origin")
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_cookie_is_good_for_requests_of_the_own_pages() {
    let server = TestServer::start().await;
    let response = login(&server, &server.key, "/dashboard/events").await;
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()[LOCATION], "/dashboard/events");
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();

    let look = server
        .bare(Method::GET, "/api/v1/events")
        .header(COOKIE, cookie);
    server.send(look).await.expect(200);
    let event = client_event("by cookie");
    let record = || {
        server
            .bare(Method::POST, "/api/v1/events")
            .header(COOKIE, cookie)
            .json(&event)
    };
    let refused = server.send(record()).await.expect(403);
    assert_eq!(refused["code"], "cross_origin");
    let elsewhere = record().header("sec-fetch-site", "same-site");
    server.send(elsewhere).await.expect(403);
    let own = record().header("sec-fetch-site", "same-origin");
    server.send(own).await.expect(201);
    server.stop().await;
}

#[tokio::test]
async fn a_sign_in_refuses_wrong_keys_other_sites_and_other_forms() {
    let server = TestServer::start().await;
    let wrong = login(&server, "tg_live_wrong", "/dashboard").await;
    assert_eq!(wrong.status(), 401);
    assert!(wrong.headers().get(SET_COOKIE).is_none());
    let away = login(&server, &server.key, "//elsewhere.example").await;
    assert_eq!(away.headers()[LOCATION], "/dashboard");

    let form = "application/x-www-form-urlencoded";
    let post = |body: String, media_type: &str, site: &str| {
        let request = server.bare(Method::POST, "/login").body(body);
        request
            .header("content-type", media_type.to_owned())
            .header("sec-fetch-site", site.to_owned())
    };
    let key = format!("key={}", server.key);
    let elsewhere = server
        .send(post(key.clone(), form, "cross-site"))
        .await
        .expect(403);
    assert_eq!(elsewhere["code"], "cross_origin");
    server
        .send(post(key.clone(), "text/plain", "same-origin"))
        .await
        .expect(415);
    server
        .send(post(format!("{key}&more=1"), form, "same-origin"))
        .await
        .expect(422);
    server
        .send(post(
            "key=".to_owned() + &"x".repeat(9_000),
            form,
            "same-origin",
        ))
        .await
        .expect(413);
    server.stop().await;
}
