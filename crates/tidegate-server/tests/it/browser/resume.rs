//! The live tail goes on where it was when the server has been killed and started again.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;
use tidegate_server::{Config, Server};
use tidegate_testkit::{ChildProcess, child_role};

use super::session::with_browser;
use crate::support::{Client, client_event, wait_until};

const TEST: &str = "browser::resume::a_page_resumes_after_a_kill";
/// Where the child tells its address and the first key.
const FACTS: &str = "facts.json";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_resumes_after_a_kill() {
    if let Some((port, dir)) = child_role() {
        return serve(&dir, port.parse().unwrap()).await;
    }
    let dir = TempDir::with_prefix("tidegate-server-test-").unwrap();
    let child = ChildProcess::this_test(TEST, "0", dir.path()).unwrap();
    let (url, key) = facts(dir.path()).await;
    let client = Client::new(url.clone(), key.clone());
    with_browser(async |browser| {
        browser.go_signed_in(&format!("{url}/dashboard/events"), &key).await;
        browser.wait_for_text("#live", "Live").await;
        browser.run("window.untouched = true;").await;
        let event = async |title: &str| client.post("/api/v1/events", &client_event(title)).await.expect(201);
        event("before").await;
        browser.wait_for_text("#events", "before").await;

        child.kill().unwrap();
        browser.wait_for_text("#live", "Reconnecting").await;
        let port = url.rsplit(':').next().unwrap();
        let again = ChildProcess::this_test(TEST, port, dir.path()).unwrap();
        wait_until(async || client.request(reqwest::Method::GET, "/readyz").send().await.is_ok()).await;
        for title in ["meanwhile 1", "meanwhile 2"] {
            event(title).await;
        }
        browser.wait_for_text("#live", "Live").await;
        browser.wait_for_text("#events", "meanwhile 1").await;
        browser.wait_for_text("#events li:first-child", "meanwhile 2").await;
        let titles = browser.run("return [...document.querySelectorAll('#events strong')].map((one) => one.innerText);").await;
        assert_eq!(titles, json!(["meanwhile 2", "meanwhile 1", "before"]), "each once, in order");
        assert_eq!(browser.run("return window.untouched;").await, true);
        drop(again);
    })
    .await;
}

/// What the child is: a server until it is killed.
async fn serve(dir: &Path, port: u16) {
    let mut config = Config::default();
    config.server.listen = SocketAddr::from(([127, 0, 0, 1], port));
    config.database.path = dir.join("test.db");
    config.metrics.record_self = false;
    let server = Server::start(config).await.unwrap();
    if let Some(key) = server.admin_key() {
        let facts = json!({ "url": server.url(), "key": key.reveal() }).to_string();
        let whole = dir.join("facts.part");
        tokio::fs::write(&whole, facts).await.unwrap();
        tokio::fs::rename(whole, dir.join(FACTS)).await.unwrap();
    }
    server.run().await.unwrap();
}

async fn facts(dir: &Path) -> (String, String) {
    let file = dir.join(FACTS);
    wait_until(async || tokio::fs::try_exists(&file).await.unwrap()).await;
    let facts = tokio::fs::read(&file).await.unwrap();
    let facts: serde_json::Value = serde_json::from_slice(&facts).unwrap();
    let text = |name: &str| facts[name].as_str().unwrap().to_owned();
    (text("url"), text("key"))
}
