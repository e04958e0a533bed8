//! Signing in and out, in a browser.

use super::session::{PHONE, with_browser};
use crate::support::TestServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_signs_in_to_the_page_that_was_wanted_and_out_again() {
    let server = TestServer::start().await;
    with_browser(async |browser| {
        let wanted = format!("{}/dashboard/events", server.url);
        browser.resize(PHONE).await;
        browser.go(&wanted).await;
        super::axe::check(browser, "sign-in").await;
        browser.picture("sign-in").await;
        assert!(!browser.text("main").await.contains("not known"));

        browser.sign_in("tg_live_no_such_key").await;
        browser
            .wait_for_text("[role=alert]", "The key is not known")
            .await;
        super::axe::check(browser, "sign-in refused").await;

        browser.sign_in(&server.key).await;
        browser.settle().await;
        assert_eq!(browser.text("h1").await, "Events");
        let cookie = browser.run("return document.cookie;").await;
        assert_eq!(cookie, "", "scripts do not see the key");

        browser.click("form[action='/logout'] button").await;
        browser
            .wait("return document.querySelector('#key') !== null;")
            .await;
        browser.go(&wanted).await;
        browser
            .wait("return document.querySelector('#key') !== null;")
            .await;
    })
    .await;
    server.stop().await;
}
