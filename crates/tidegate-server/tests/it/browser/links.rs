//! Addresses that name a thing open it, and things lead to one another.

use super::seed;
use super::session::with_browser;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_opens_what_it_names() {
    let server = seed::start().await;
    with_browser(async |browser| {
        let url = |path: &str| format!("{}/dashboard{path}", server.url);
        let rule = url("/rules?rule=queue_long");
        browser.go_signed_in(&rule, &server.key).await;
        browser.wait_for_text("#rule", "Escalation 1").await;
        browser
            .wait_for_text("#rule", "raised to critical, told to archive")
            .await;
        browser.wait_for_text("#rule tbody", "queue=\"sms\"").await;
        browser.click("#rule tbody a").await;
        browser.wait_for_text("#story h2", "queue_long").await;
        browser
            .wait_for_text("#story", "mail holds 912 messages")
            .await;
        browser.click("#story a").await;
        browser.wait_for_text("#rule h2", "queue_long").await;

        let id = seed::id(&server, "replica_behind").await;
        browser.go(&url(&format!("/alerts?id={id}"))).await;
        browser.wait_for_text("#story", "What happened").await;
        browser.click("#story a").await;
        browser
            .wait_for_text("#silence-drawer", "moving it to another rack")
            .await;

        let id = seed::id(&server, "disk_slow").await;
        browser.go(&url(&format!("/alerts?id={id}"))).await;
        browser.wait_for_text("#story h2", "disk_slow").await;
        browser.click("#story a").await;
        browser.wait_for_text("#story h2", "disk_full").await;
    })
    .await;
    server.stop().await;
}
