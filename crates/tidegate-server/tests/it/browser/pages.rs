//! Every page: it fills, complains of nothing, is accessible, and fits a phone.

use super::axe;
use super::fixture::Fixture;
use super::session::{Browser, DESKTOP, PHONE, with_browser};
use crate::support::TestServer;

/// A page, with the selector of a row that opens a drawer.
async fn look_at(path: &str, name: &str, row: Option<&str>) {
    let server = TestServer::start().await;
    fill(&server).await;
    let (_fixture, proxy) = Fixture::start(&server.url).await;
    let url = format!("{}{path}", proxy.url);
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
    silences: "/alerts?view=silences", None;
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

/// Some events and a metric, so that no page is empty.
async fn fill(server: &TestServer) {
    for (title, severity) in [
        ("deployed", "info"),
        ("<b>failed</b> & hung", "error"),
        ("slow", "warning"),
    ] {
        let mut event = crate::support::client_event(title);
        event["severity"] = severity.into();
        event["description"] = "payments took 912 ms in the mean".into();
        server.post("/api/v1/events", &event).await.expect(201);
    }
    let now = std::time::SystemTime::now();
    let now = now
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis() as u64;
    let sample = |minute: u64, service: &str| {
        let value = 200.0 + 90.0 * ((minute as f64) / 7.0).sin() + service.len() as f64 * 9.0;
        serde_json::json!({ "name": "request_time_ms", "value": value, "labels": { "service": service }, "at": now - minute * 60_000 })
    };
    let samples: Vec<_> = (0..55)
        .flat_map(|minute| [sample(minute, "payments"), sample(minute, "search")])
        .collect();
    let samples = serde_json::json!({ "samples": samples });
    server.post("/api/v1/metrics", &samples).await;
}
