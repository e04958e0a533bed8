//! What a list shows when there is nothing, when something went wrong, and when messages were lost.

use serde_json::json;

use super::fixture::{ALERT, Fixture};
use super::session::{DESKTOP, with_browser};
use crate::support::TestServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_tells_problems_emptiness_and_losses() {
    let server = TestServer::start().await;
    let (fixture, proxy) = Fixture::start(&server.url).await;
    fixture.fail(true);
    with_browser(async |browser| {
        let url = format!("{}/dashboard/alerts", proxy.url);
        browser.resize(DESKTOP).await;
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#alerts .problem", "busy").await;
        let problem = browser.text("#alerts .problem").await;
        assert!(problem.contains("fixture-1"), "the request's id: {problem}");
        super::axe::check(browser, "problem").await;
        browser.picture("problem").await;

        fixture.fail(false);
        browser.click("#alerts .problem button").await;
        browser.wait_for_text("#alerts", "error_rate").await;

        browser.wait_for_text("#live", "Live").await;
        fixture.clear();
        fixture.tell(
            "lost",
            json!({ "topic": "alerts", "count": 3, "reason": "removed" }),
        );
        browser.wait_for_text("#live", "3 messages lost").await;
        browser
            .wait_for_text("#alerts", "No alert is active.")
            .await;
        browser.picture("empty").await;
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_opens_what_it_names() {
    let server = TestServer::start().await;
    let (_fixture, proxy) = Fixture::start(&server.url).await;
    with_browser(async |browser| {
        let url = format!("{}/dashboard/rules?rule=error_rate", proxy.url);
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#rule", "Escalation 1").await;
        browser.wait_for_text("#rule", "1 of 2 series holds").await;
        let alert = format!("{}/dashboard/alerts?id={ALERT}", proxy.url);
        browser.go(&alert).await;
        browser.wait_for_text("#story", "What happened").await;
    })
    .await;
    server.stop().await;
}
