//! Clients that make alerts fire until the server is gone, and remember what was acknowledged.

use std::collections::BTreeSet;
use std::thread::{self, JoinHandle};

use serde_json::json;

use super::super::alerting::heat;
use super::super::service::Client;
use super::text;

const TRIGGERING: u64 = 3;
/// How much one client does at most before the server is killed, so that all of it is told in bounded time.
const MOST: u64 = 60;

/// What the server has answered with 2xx.
#[derive(Default)]
pub(super) struct Acknowledged {
    /// The fingerprints of alerts that were triggered.
    pub(super) alerts: BTreeSet<String>,
    /// The labels `n` of series that are too hot.
    pub(super) series: BTreeSet<String>,
    /// What was done with alerts: the verb, and the alert's id.
    pub(super) done: Vec<(&'static str, String)>,
}

impl Acknowledged {
    pub(super) fn add(&mut self, other: Self) {
        self.alerts.extend(other.alerts);
        self.series.extend(other.series);
        self.done.extend(other.done);
    }
}

/// Some trigger alerts, one records measurements.
pub(super) fn start(client: &Client, round: u64) -> Vec<JoinHandle<Acknowledged>> {
    let triggering = (0..TRIGGERING).map(|thread| {
        let client = client.clone();
        thread::spawn(move || {
            let mut taken = Acknowledged::default();
            // It ends when the server does.
            let _ = trigger(&client, round, thread, &mut taken);
            taken
        })
    });
    let mut clients: Vec<_> = triggering.collect();
    let client = client.clone();
    clients.push(thread::spawn(move || record(&client, round)));
    clients
}

/// `None` when the server is gone.
fn trigger(client: &Client, round: u64, thread: u64, taken: &mut Acknowledged) -> Option<()> {
    for n in 0..MOST {
        let labels = json!({ "n": format!("{round}-{thread}-{n}") });
        let alert = json!({ "name": format!("overload_{thread}"), "severity": "critical", "message": "m", "labels": labels });
        let (status, alert) = client.try_post("/api/v1/alerts", &alert)?;
        assert_eq!(status, 201, "{alert}");
        taken.alerts.insert(text(&alert["fingerprint"]));
        let verb = match n % 5 {
            1 => "acknowledge",
            3 => "resolve",
            _ => continue,
        };
        let id = text(&alert["id"]);
        let (status, done) = client.try_post(&format!("/api/v1/alerts/{id}/{verb}"), &json!({}))?;
        assert_eq!(status, 200, "{done}");
        taken.done.push((verb, id));
    }
    Some(())
}

fn record(client: &Client, round: u64) -> Acknowledged {
    let mut taken = Acknowledged::default();
    for n in 0..MOST {
        let n = format!("{round}-{n}");
        match client.try_post("/api/v1/metrics", &heat(&n, 50.0)) {
            Some((status, answer)) => assert_eq!(status, 200, "{answer}"),
            None => break,
        }
        taken.series.insert(n);
    }
    taken
}
