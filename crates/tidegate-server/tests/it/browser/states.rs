//! What a list shows when there is nothing, when something went wrong, and when messages were lost.

use serde_json::json;

use super::session::{DESKTOP, with_browser};
use super::{axe, meddling, seed};
use crate::support::TestServer;

const LOST: &str = r#"event: lost\ndata: {"seq":0,"topic":"lost","at":"2026-03-01T12:00:00Z","data":{"topic":"alerts","count":3,"reason":"removed"}}\n\n"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_tells_problems_emptiness_and_losses() {
    let server = TestServer::start().await;
    with_browser(async |browser| {
        meddling::begin(browser).await;
        let url = format!("{}/dashboard/alerts", server.url);
        browser.resize(DESKTOP).await;
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#alerts .problem", "busy").await;
        let problem = browser.text("#alerts .problem").await;
        assert!(problem.contains("busy-1"), "the request's id: {problem}");
        axe::check(browser, "problem").await;
        browser.picture("problem").await;

        browser.run("window.isBusy = false;").await;
        browser.click("#alerts .problem button").await;
        browser
            .wait_for_text("#alerts", "No alert is active.")
            .await;
        browser.picture("empty").await;

        browser.wait_for_text("#live", "Live").await;
        browser.run("window.isDeaf = true;").await;
        seed::trigger(&server, "unheard", "info", "", &json!({})).await;
        browser.run(&format!("window.hear('{LOST}');")).await;
        browser.wait_for_text("#live", "3 messages lost").await;
        browser.wait_for_text("#alerts", "unheard").await;
    })
    .await;
    server.stop().await;
}
