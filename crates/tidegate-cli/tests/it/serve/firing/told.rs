//! What the receiver was told, beside what the ledger says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use serde_json::Value as Json;
use tidegate_testkit::receiver::{Answer, Receiver};

use super::super::service::Client;
use super::{TARGETS, text};

/// That an alert has a status, as a target is told it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    target: String,
    fingerprint: String,
    status: String,
}

/// A fact in one request.
#[derive(Debug)]
struct Telling {
    fact: Fact,
    delivery: String,
    at: SystemTime,
    /// Whether it was told as news; otherwise it stands beside the news of its group.
    is_news: bool,
}

/// All of it.
pub(super) struct Told {
    tellings: Vec<Telling>,
    /// Deliveries that the receiver has answered well.
    taken: BTreeSet<String>,
    /// Deliveries that the ledger calls sent, and since when.
    sent: BTreeMap<String, SystemTime>,
}

impl Told {
    pub(super) fn of(client: &Client, receiver: &Receiver) -> Self {
        let mut told = Told {
            tellings: Vec::new(),
            taken: BTreeSet::new(),
            sent: BTreeMap::new(),
        };
        for message in client.list("/api/v1/notifications?limit=1000&state=sent") {
            let at = humantime::parse_rfc3339(message["sent_at"].as_str().unwrap());
            told.sent.insert(text(&message["id"]), at.unwrap());
        }
        for one in receiver.received() {
            let body: Json = serde_json::from_str(&one.request.body).unwrap();
            let delivery = one.request.header("x-tidegate-delivery").unwrap();
            assert_eq!(body["delivery_id"], delivery);
            if one.answer != Answer::Status(503) {
                told.taken.insert(delivery.to_owned());
            }
            told.tellings.extend(tellings(&body, one.request.at));
        }
        told
    }

    /// Whether everything about an alert has been told that is to be told.
    pub(super) fn is_complete(&self, alert: &Json) -> bool {
        let is_sent = |target: &str, status: &str| {
            let mut tellings = self.tellings.iter();
            tellings.any(|one| {
                one.fact.target == target
                    && alert["fingerprint"] == one.fact.fingerprint.as_str()
                    && one.fact.status == status
                    && self.sent.contains_key(&one.delivery)
            })
        };
        TARGETS.iter().all(|target| match alert["state"].as_str() {
            Some("firing") => alert["is_muted"] == true || is_sent(target, "firing"),
            Some("resolved") => !is_sent(target, "firing") || is_sent(target, "resolved"),
            _ => true,
        })
    }

    /// The ledger calls nothing sent that was not answered well.
    pub(super) fn assert_each_sent_was_taken(&self) {
        let not_taken: Vec<&String> = self
            .sent
            .keys()
            .filter(|id| !self.taken.contains(*id))
            .collect();
        assert!(not_taken.is_empty(), "{not_taken:?}");
    }

    /// What was sent, by the ledger, is told no second time: repeats are an hour away.
    pub(super) fn assert_none_twice(&self) {
        let mut sent: BTreeMap<&Fact, SystemTime> = BTreeMap::new();
        for one in &self.tellings {
            if let Some(at) = self.sent.get(&one.delivery) {
                let first = sent.entry(&one.fact).or_insert(*at);
                *first = (*first).min(*at);
            }
        }
        let counts = |one: &&Telling| one.is_news || one.fact.target == TARGETS[0];
        for one in self.tellings.iter().filter(counts) {
            if let Some(at) = sent.get(&one.fact) {
                assert!(one.at <= *at, "sent at {at:?}, and then again: {one:?}");
            }
        }
    }
}

fn tellings(body: &Json, at: SystemTime) -> Vec<Telling> {
    let alerts = body["alerts"].as_array().unwrap().iter();
    assert_eq!(body["truncatedAlerts"], 0, "some alerts were left out");
    alerts
        .map(|alert| Telling {
            fact: Fact {
                target: text(&body["receiver"]),
                fingerprint: text(&alert["fingerprint"]),
                status: text(&alert["status"]),
            },
            delivery: text(&body["delivery_id"]),
            at,
            is_news: alert["is_news"] == true,
        })
        .collect()
}
