//! Everything by keys alone: moving, acknowledging, the list of shortcuts.

use super::seed;
use super::session::with_browser;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_is_acknowledged_by_keys_alone() {
    let server = seed::start().await;
    with_browser(async |browser| {
        let url = format!("{}/dashboard/alerts", server.url);
        browser.go_signed_in(&url, &server.key).await;
        browser.wait_for_text("#live", "Live").await;

        browser.press("?").await;
        browser.wait("return document.getElementById('shortcuts').open;").await;
        browser.press(ESCAPE).await;
        browser.wait("return !document.getElementById('shortcuts').open;").await;

        browser.press("j").await;
        browser.press("j").await;
        browser.press("k").await;
        browser.wait("return document.activeElement.closest('li')?.innerText.includes('payments_failing') ?? false;").await;
        browser.press("a").await;
        browser.wait("return document.activeElement?.name === 'reason';").await;
        browser.press("looking into it").await;
        browser.press(ENTER).await;
        browser.wait_for_text("#alerts li:first-child", "acknowledged").await;
        let alert = seed::alert(&server, "payments_failing").await;
        assert_eq!((&alert["state"], &alert["acknowledged_by"]), (&"acknowledged".into(), &"first".into()));
        // The focus is where it was, so that the next key goes on from there.
        browser.wait("return document.activeElement.closest('li')?.innerText.includes('payments_failing') ?? false;").await;

        browser.press(ENTER).await;
        browser.wait_for_text("#story", "What happened").await;
        browser.press(ESCAPE).await;
        browser.wait("return !document.getElementById('story').open;").await;
        browser.press("g").await;
        browser.press("5").await;
        browser.wait_for_text("h1", "Events").await;
    })
    .await;
    server.stop().await;
}
