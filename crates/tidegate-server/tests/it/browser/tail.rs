//! Events appear while one looks.

use super::session::with_browser;
use crate::support::TestServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_appears_without_a_reload_and_as_text() {
    let server = TestServer::start().await;
    with_browser(async |browser| {
        let url = format!("{}/dashboard/events", server.url);
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#live", "Live").await;
        browser.wait_for_text("#events", "No event matches.").await;
        browser.run("window.untouched = true;").await;

        server.record_event("<i>first</i>").await.expect(201);
        browser
            .wait_for_text("#events li:first-child", "<i>first</i>")
            .await;
        server.record_event("second").await.expect(201);
        browser
            .wait_for_text("#events li:first-child", "second")
            .await;

        browser.click("#pause").await;
        server.record_event("third").await.expect(201);
        browser.wait_for_text("#tail", "1 new event").await;
        assert!(!browser.text("#events").await.contains("third"));
        browser.click("#pause").await;
        browser
            .wait_for_text("#events li:first-child", "third")
            .await;
        assert_eq!(browser.run("return window.untouched;").await, true);
    })
    .await;
    server.stop().await;
}
