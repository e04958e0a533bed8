//! What operators do with notifications and targets; the API says whether it was done.

use serde_json::Value as Json;

use super::seed;
use super::session::with_browser;
use crate::support::TestServer;

/// The latest notification to a target.
async fn latest(server: &TestServer, target: &str) -> Json {
    let path = format!("/api/v1/notifications?target={target}");
    seed::items(server, &path).await.swap_remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_is_tested_and_a_notification_sent_again_and_cancelled() {
    let server = seed::start().await;
    with_browser(async |browser| {
        let url = format!("{}/dashboard/notifications", server.url);
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#live", "Live").await;

        browser.click("[aria-label='Send a test to desk']").await;
        browser.wait_for_text("#toasts", "on its way to desk").await;
        browser
            .wait_for_text("#notifications li:first-child", "sent desk a test")
            .await;
        let sent = latest(&server, "desk").await;
        assert_eq!(
            (&sent["state"], &sent["reason"]),
            (&"sent".into(), &"test".into())
        );

        browser.click("[aria-label='Send a test to archive']").await;
        browser
            .wait_for_text(
                "#notifications li:first-child",
                "failed archive a test 1 attempt",
            )
            .await;
        browser.click("#notifications li:first-child .row").await;
        browser.press_button("Send now").await;
        browser
            .wait_for_text("#notification tbody tr:nth-child(2)", "failed")
            .await;
        let retried = latest(&server, "archive").await;
        assert_eq!(retried["attempts"].as_array().unwrap().len(), 2);

        browser.press_button("Cancel").await;
        browser
            .wait_for_text("#notification", "cancelled by first")
            .await;
        assert_eq!(latest(&server, "archive").await["state"], "cancelled");
    })
    .await;
    server.stop().await;
}
