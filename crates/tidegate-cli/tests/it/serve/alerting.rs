//! Configurations and documents of the way from a measurement to a receiver.

use serde_json::{Value as Json, json};
use tidegate_testkit::receiver::Receiver;

use super::service::Client;

/// What is common to all: alerts are told at once, each name by itself, and again only after an hour.
pub(super) const AT_ONCE: &str = r#"
[metrics]
record_self = false

[alerts]
builtin_rules = false
evaluate_every = "100ms"

[default_route]
group_by = ["alertname", "n"]
group_wait = "0s"
group_interval = "1s"
repeat_interval = "1h"
"#;

/// A target of the configuration: a webhook of this machine, with further lines.
pub(super) fn webhook(name: &str, receiver: &Receiver, further: &str) -> String {
    let url = receiver.url();
    format!(
        "\n[[target]]\nname = \"{name}\"\nwebhook = {{ url = \"{url}{name}\", allow_private = true }}\n{further}\n"
    )
}

/// A sample of the metric `heat`.
pub(super) fn heat(n: &str, value: f64) -> Json {
    json!({ "samples": [{ "name": "heat", "labels": { "n": n }, "value": value }] })
}

/// What a receiver was told: the statuses of the alerts of this name, in their order.
pub(super) fn told(receiver: &Receiver, name: &str) -> Vec<String> {
    let bodies = receiver.received().into_iter();
    let bodies = bodies.map(|one| serde_json::from_str::<Json>(&one.request.body).unwrap());
    let alerts = bodies.flat_map(|body| body["alerts"].as_array().unwrap().clone());
    let about = alerts.filter(|alert| alert["labels"]["alertname"] == name);
    about
        .map(|alert| alert["status"].as_str().unwrap().to_owned())
        .collect()
}

impl Client {
    /// The only active alert of a name.
    pub(super) fn alert(&self, name: &str) -> Option<Json> {
        let alerts = self.list(&format!("/api/v1/alerts?limit=1000&name={name}"));
        assert!(alerts.len() < 2, "{alerts:?}");
        alerts.into_iter().next()
    }

    /// Waits until an alert of this name has this state, and gives it.
    pub(super) fn wait_for_alert(&self, name: &str, state: &str) -> Json {
        self.wait(&format!("{name} is {state}"), |client| {
            client
                .alert(name)
                .is_some_and(|alert| alert["state"] == state)
        });
        self.alert(name).unwrap()
    }

    /// Does something with an alert.
    pub(super) fn operate(&self, alert: &Json, verb: &str, body: &Json) -> Json {
        let id = alert["id"].as_str().unwrap();
        self.post(&format!("/api/v1/alerts/{id}/{verb}"), body)
    }
}
