//! What others wrote is shown as they wrote it, and does nothing.

use serde_json::json;

use super::seed;
use super::session::with_browser;
use crate::support::TestServer;

const HOSTILE: &str = "<img src=x onerror=alert(1)> & \"quoted\"";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn markup_in_an_alert_stays_text() {
    let server = TestServer::start().await;
    let labels = json!({ "text": HOSTILE });
    seed::trigger(&server, HOSTILE, "critical", HOSTILE, &labels).await;
    with_browser(async |browser| {
        let url = format!("{}/dashboard/alerts", server.url);
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#alerts", HOSTILE).await;
        browser.click("#alerts .row").await;
        browser.wait_for_text("#story", "What happened").await;
        for place in ["h2", ".message", ".chip"] {
            let text = browser.text(&format!("#story {place}")).await;
            assert!(text.contains(HOSTILE), "{place}: {text}");
        }
        let images = browser.run("return document.images.length;").await;
        assert_eq!(images, 0);
        browser.wait_for_text("#live", "Live").await;
    })
    .await;
    server.stop().await;
}
