//! Every page: it fills, complains of nothing, is accessible, and fits a phone.

use super::axe;
use super::fixture::Fixture;
use super::session::{Browser, DESKTOP, PHONE, with_browser};
use crate::support::TestServer;

/// Each page with its name in pictures, and a drawer to open on it: the selector of the row.
const PAGES: &[(&str, &str, Option<&str>)] = &[
    ("/dashboard", "overview", None),
    ("/dashboard/alerts", "alerts", Some("#alerts .row")),
    ("/dashboard/alerts?view=silences", "silences", None),
    ("/dashboard/rules", "rules", Some("#rules .row")),
    ("/dashboard/metrics", "metrics", None),
    ("/dashboard/events", "events", Some("#events .row")),
    ("/dashboard/notifications", "notifications", Some("#notifications .row")),
    ("/dashboard/probes", "probes", Some("#probes .row")),
    ("/dashboard/system", "system", None),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_filled_accessible_and_without_complaint() {
    let server = TestServer::start().await;
    fill(&server).await;
    let (_fixture, proxy) = Fixture::start(&server.url).await;
    with_browser(async |browser| {
        browser.resize(DESKTOP).await;
        browser.go_signed_in(&format!("{}/dashboard", proxy.url), &server.key).await;
        browser.console_errors().await;
        for (path, name, row) in PAGES {
            look_at(browser, &format!("{}{path}", proxy.url), name, *row).await;
        }
    })
    .await;
    server.stop().await;
}

async fn look_at(browser: &Browser, url: &str, name: &str, row: Option<&str>) {
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        for (size, width) in [(DESKTOP, "desktop"), (PHONE, "phone")] {
            let name = format!("{name}-{width}-{scheme}");
            browser.resize(size).await;
            browser.go(url).await;
            browser.settle().await;
            check(browser, size.0, &name).await;
            if let Some(row) = row {
                browser.click(row).await;
                browser.wait("return document.querySelector('dialog[open] .drawer-body').innerText.length > 0;").await;
                browser.settle().await;
                check(browser, size.0, &format!("{name}-open")).await;
            }
        }
    }
}

async fn check(browser: &Browser, width: u32, name: &str) {
    // What moves in has arrived: contrast is judged at rest.
    browser.wait("return document.getAnimations().every((one) => one.playState === 'finished' || one.effect.getTiming().iterations === Infinity);").await;
    browser.picture(name).await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{name}: {errors:?}");
    let needed = browser.run("return document.documentElement.scrollWidth;").await;
    assert!(needed.as_u64().unwrap() <= u64::from(width), "{name} needs {needed} pixels");
    axe::check(browser, name).await;
}

/// Some events and a metric, so that no page is empty.
async fn fill(server: &TestServer) {
    for (title, severity) in [("deployed", "info"), ("<b>failed</b> & hung", "error"), ("slow", "warning")] {
        let mut event = crate::support::client_event(title);
        event["severity"] = severity.into();
        event["description"] = "payments took 912 ms in the mean".into();
        server.post("/api/v1/events", &event).await.expect(201);
    }
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
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
