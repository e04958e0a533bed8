//! The way from an alert to its receivers, as tests follow it over the API.

use std::time::{Duration, SystemTime};

use serde_json::{Value as Json, json};
use tidegate_testkit::receiver::Receiver;

use super::Client;

/// How long a test waits for what takes retries, leases and breakers to come.
const LONG: Duration = Duration::from_secs(120);
/// So that the looks leave the server something of the processor.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Alerts are told at once, each name by itself, and again only after an hour.
pub(crate) const AT_ONCE: &str = r#"
[alerts]
builtin_rules = false
evaluate_every = "100ms"

[default_route]
group_by = ["alertname"]
group_wait = "0s"
group_interval = "1s"
repeat_interval = "1h"
"#;

/// A target of the configuration: a webhook of this machine, with further lines.
pub(crate) fn webhook(name: &str, receiver: &Receiver, further: &str) -> String {
    let url = receiver.url();
    format!(
        "[[target]]\nname = \"{name}\"\nwebhook = {{ url = \"{url}\", allow_private = true }}\n{further}\n"
    )
}

/// An alert by hand.
pub(crate) fn alert(name: &str) -> Json {
    json!({ "name": name, "severity": "critical", "message": "m" })
}

/// One sample of the metric `heat`.
pub(crate) fn heat(value: f64) -> Json {
    json!({ "samples": [{ "name": "heat", "value": value }] })
}

impl Client {
    /// Triggers a new alert, and gives it.
    pub(crate) async fn trigger(&self, name: &str) -> Json {
        self.post("/api/v1/alerts", &alert(name)).await.expect(201)
    }

    /// An alert with its story.
    pub(crate) async fn story(&self, alert: &Json) -> Json {
        let id = alert["id"].as_str().unwrap();
        self.get(&format!("/api/v1/alerts/{id}")).await.expect(200)
    }

    /// Does something with an alert.
    pub(crate) async fn operate(&self, alert: &Json, verb: &str, body: &Json) -> super::Reply {
        let id = alert["id"].as_str().unwrap();
        self.post(&format!("/api/v1/alerts/{id}/{verb}"), body)
            .await
    }

    /// The ledger of a target, the last message first.
    pub(crate) async fn ledger(&self, target: &str) -> Vec<Json> {
        let path = format!("/api/v1/notifications?limit=1000&target={target}");
        items(&self.get(&path).await.expect(200))
    }

    /// The active alerts.
    pub(crate) async fn alerts(&self) -> Vec<Json> {
        items(&self.get("/api/v1/alerts?limit=1000").await.expect(200))
    }

    /// Waits until a message to a target has come to this state, and gives it.
    pub(crate) async fn message(&self, target: &str, state: &str) -> Json {
        let mut found = None;
        wait_long(async || {
            let ledger = self.ledger(target).await;
            found = ledger.into_iter().find(|one| one["state"] == state);
            found.is_some()
        })
        .await;
        found.unwrap()
    }

    /// A target as the API shows it.
    pub(crate) async fn target(&self, name: &str) -> Json {
        let targets = self.get("/api/v1/targets").await.expect(200);
        let mut targets = items(&targets).into_iter();
        targets.find(|target| target["name"] == name).unwrap()
    }
}

/// Waits until something holds that takes its time.
pub(crate) async fn wait_long(mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(LONG, waiting).await.unwrap();
}

/// The items of a page.
pub(crate) fn items(page: &Json) -> Vec<Json> {
    page["items"].as_array().unwrap().clone()
}

/// A moment of an answer.
pub(crate) fn moment(text: &Json) -> SystemTime {
    humantime::parse_rfc3339(text.as_str().unwrap()).unwrap()
}
