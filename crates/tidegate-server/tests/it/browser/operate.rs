//! What operators do with alerts, silences, rules and probes, by mouse; the API says whether it was done.

use super::seed;
use super::session::{Browser, with_browser};
use crate::support::TestServer;

/// Does something on a page of a server that has everything.
async fn on(path: &str, act: impl AsyncFnOnce(&Browser, &TestServer)) {
    let server = seed::start().await;
    with_browser(async |browser| {
        let url = format!("{}/dashboard{path}", server.url);
        browser.go_signed_in(&url, &server.key).await;
        act(browser, &server).await;
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_is_suppressed_and_resolved() {
    on("/alerts", async |browser, server| {
        browser.press_button("disk_full").await;
        browser.press_button("Suppress").await;
        browser.choose("dialog.ask select", "4h").await;
        browser
            .write("dialog.ask [name=reason]", "a new disk comes")
            .await;
        browser.press_button("Suppress").await;
        browser.wait_for_text("#story", "a new disk comes").await;
        let alert = seed::alert(server, "disk_full").await;
        assert_eq!(alert["state"], "suppressed");
        assert!(alert["suppressed_until"].is_string());

        browser.press_button("Resolve").await;
        browser
            .write("dialog.ask [name=reason]", "it is there")
            .await;
        browser.press_button("Resolve").await;
        browser.wait_for_text("#story", "it is there").await;
        let alert = seed::alert(server, "disk_full").await;
        assert_eq!(alert["state"], "resolved");
        browser
            .wait("return !document.querySelector('#alerts').innerText.includes('disk_full');")
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silence_is_made_and_ended() {
    on("/alerts?view=silences", async |browser, server| {
        browser.click("#silence").await;
        browser
            .write("dialog.ask [name=matchers]", "alertname=~\"pay.*\"")
            .await;
        browser
            .write("dialog.ask [name=comment]", "trying the fallback")
            .await;
        browser.press_button("Silence").await;
        browser
            .wait_for_text("#alerts li:first-child", "trying the fallback")
            .await;
        let silence = || async { seed::items(server, "/api/v1/silences").await.swap_remove(0) };
        assert_eq!(silence().await["status"], "active");
        let muted_by = format!("silence:{}", silence().await["id"].as_str().unwrap());
        let alert = seed::alert(server, "payments_failing").await;
        assert_eq!(alert["muted_by"], serde_json::json!([muted_by]));

        browser.click("#alerts li:first-child .row").await;
        browser.press_button("End it now").await;
        browser.press_button("End it").await;
        browser.wait_for_text("#silence-drawer", "Ended by").await;
        browser
            .wait_for_text("#alerts li:first-child", "expired")
            .await;
        let ended = silence().await;
        assert_eq!(
            (&ended["status"], &ended["ended_by"]),
            (&"expired".into(), &"first".into())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_alert_goes_through_the_whole_chain() {
    on("/alerts", async |browser, server| {
        browser.wait_for_text("#live", "Live").await;
        browser.click("#test").await;
        browser.wait_for_text("#toasts", "test alert").await;
        browser
            .wait_for_text("#alerts li:first-child", "This is a test")
            .await;
        let newest = seed::items(server, "/api/v1/alerts").await.swap_remove(0);
        assert_eq!(newest["labels"]["test"], "true");
        browser.click("#alerts li:first-child .row").await;
        browser.wait_for_text("#story .plain", "sent desk").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_is_explained_from_its_alert() {
    on("/alerts", async |browser, server| {
        browser.press_button("queue_long").await;
        browser.click("#story summary").await;
        browser.wait_for_text("#story details", "912").await;
        let explained = server
            .get("/api/v1/rules/queue_long/explain")
            .await
            .expect(200);
        let shown = browser.text("#story .verdict").await;
        assert!(
            shown.contains(explained["reason"].as_str().unwrap()),
            "{shown}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_is_run() {
    on("/probes", async |browser, server| {
        let last = || async {
            seed::items(server, "/api/v1/probes").await.swap_remove(0)["last_run"].clone()
        };
        let before = last().await;
        browser.press_button("queue").await;
        browser.press_button("Run it now").await;
        browser.wait_for_text("#toasts", "queue has run").await;
        let after = last().await;
        assert!(
            after["at"].as_str() > before["at"].as_str(),
            "{before} {after}"
        );
        assert_eq!(after["values"]["queue_length"], 912.0);
        browser.wait_for_text("#probe", "912").await;
    })
    .await;
}
