//! Alerts and notifications appear while one looks.

use serde_json::json;

use super::seed;
use super::session::with_browser;
use crate::support::TestServer;

/// Looks at a page of which a part has to show what happens.
async fn watch(path: &str, happens: impl AsyncFnOnce(&TestServer), part: &str, shown: &[&str]) {
    let server = seed::start().await;
    with_browser(async |browser| {
        let url = format!("{}/dashboard{path}", server.url);
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#live", "Live").await;
        browser.run("window.untouched = true;").await;
        happens(&server).await;
        for text in shown {
            browser.wait_for_text(part, text).await;
        }
        assert_eq!(browser.run("return window.untouched;").await, true);
    })
    .await;
    server.stop().await;
}

async fn alert(server: &TestServer) {
    let labels = json!({ "room": "4" });
    seed::trigger(server, "too_hot", "critical", "It is 41 degrees", &labels).await;
}

async fn test(server: &TestServer) {
    let path = "/api/v1/targets/archive/test";
    server.post(path, &json!({})).await.expect(202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_alert_appears_in_the_list() {
    let shown = &["too_hot", "41 degrees", "firing"];
    watch("/alerts", alert, "#alerts li:first-child", shown).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_alert_appears_on_the_overview() {
    watch("", alert, "#firing li:first-child", &["too_hot"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_appears_in_the_ledger() {
    let shown = &["archive", "a test", "failed", "1 attempt"];
    watch(
        "/notifications",
        test,
        "#notifications li:first-child",
        shown,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_story_tells_what_becomes_of_its_notifications() {
    let server = seed::start().await;
    with_browser(async |browser| {
        let url = format!("{}/dashboard/alerts", server.url);
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#live", "Live").await;
        browser.press_button("disk_full").await;
        browser.wait_for_text("#story", "failed archive").await;
        let failed = "/api/v1/notifications?state=failed";
        let failed = seed::items(&server, failed).await.swap_remove(0);
        let cancel = format!(
            "/api/v1/notifications/{}/cancel",
            failed["id"].as_str().unwrap()
        );
        server.post(&cancel, &json!({})).await.expect(200);
        browser.wait_for_text("#story", "cancelled archive").await;
    })
    .await;
    server.stop().await;
}
