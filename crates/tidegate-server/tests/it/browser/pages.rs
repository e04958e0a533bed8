//! Every page: it fills, complains of nothing, is accessible, and fits a phone.

use super::session::{Browser, DESKTOP, PHONE, with_browser};
use super::{axe, seed};

/// A page, with the selector of a row that opens a drawer.
async fn look_at(path: &str, name: &str, row: Option<&str>) {
    let server = seed::start().await;
    let url = format!("{}{path}", server.url);
    with_browser(async |browser| {
        browser.resize(DESKTOP).await;
        browser.go_signed_in(&url, &server.key).await;
        // The sign-in page was a 401, which the console tells.
        browser.console_errors().await;
        for (size, width) in [(DESKTOP, "desktop"), (PHONE, "phone")] {
            for scheme in ["light", "dark"] {
                browser.resize(size).await;
                browser.prefer(scheme).await;
                browser.go(&url).await;
                browser.settle().await;
                let name = format!("{name}-{width}-{scheme}");
                check(browser, size.0, &name).await;
                if let Some(row) = row {
                    open(browser, row).await;
                    check(browser, size.0, &format!("{name}-open")).await;
                }
            }
        }
    })
    .await;
    server.stop().await;
}

async fn open(browser: &Browser, row: &str) {
    browser.click(row).await;
    browser
        .wait("return document.querySelector('dialog[open] .drawer-body').innerText.length > 0;")
        .await;
    browser.settle().await;
}

macro_rules! pages {
    ($($name:ident: $path:literal, $row:expr;)+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            look_at(concat!("/dashboard", $path), stringify!($name), $row).await;
        })+
    };
}

pages! {
    overview: "", Some("#firing .row");
    alerts: "/alerts", Some("#alerts .row");
    silences: "/alerts?view=silences", Some("#alerts .row");
    rules: "/rules", Some("#rules .row");
    metrics: "/metrics", None;
    events: "/events", Some("#events .row");
    notifications: "/notifications", Some("#notifications .row");
    probes: "/probes", Some("#probes .row");
    system: "/system", None;
}

async fn check(browser: &Browser, width: u32, name: &str) {
    const AT_REST: &str = "return document.getAnimations().every((one) => one.playState === 'finished' \
         || one.effect.getTiming().iterations === Infinity);";
    // What moves in has arrived: contrast is judged at rest.
    browser.wait(AT_REST).await;
    browser.picture(name).await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{name}: {errors:?}");
    let needed = browser
        .run("return document.documentElement.scrollWidth;")
        .await;
    assert!(
        needed.as_u64().unwrap() <= u64::from(width),
        "{name} needs {needed} pixels"
    );
    // The checks take long, and these two have every colour and every layout.
    if name.contains("desktop-light") || name.contains("phone-dark") {
        axe::check(browser, name).await;
    }
}
