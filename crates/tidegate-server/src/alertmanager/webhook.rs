//! The body of Alertmanager's webhooks, version 4, with our fields beside its own.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use tidegate_stores::Id;
use tidegate_stores::notify::{Delivery, Status, ToldAlert};

use super::NO_TIME;
use crate::wire::labels_of;

/// The version of the format.
const VERSION: &str = "4";

/// What a webhook is sent. Fields of Alertmanager are in its spelling, ours in snake case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookBody<'d> {
    version: &'static str,
    group_key: String,
    /// How many alerts are left out of the list.
    truncated_alerts: u64,
    /// `firing` if any of the alerts is, listed or not.
    status: &'static str,
    receiver: &'d str,
    group_labels: Map<String, Value>,
    common_labels: Map<String, Value>,
    common_annotations: &'d BTreeMap<String, String>,
    #[serde(rename = "externalURL")]
    external_url: &'d str,
    alerts: Vec<WebhookAlert<'d>>,
    /// The same for every attempt that tells the same facts.
    #[serde(rename = "delivery_id")]
    delivery_id: Id,
    attempt: u32,
    reason: &'static str,
    route: Option<&'d str>,
    firing: u64,
    resolved: u64,
}

/// An alert of the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WebhookAlert<'d> {
    status: &'static str,
    labels: Map<String, Value>,
    annotations: &'d BTreeMap<String, String>,
    starts_at: String,
    /// Go's zero time while the alert fires, as Alertmanager has it.
    ends_at: String,
    #[serde(rename = "generatorURL")]
    generator_url: &'d str,
    fingerprint: String,
    #[serde(rename = "alert_id")]
    alert_id: Id,
    severity: &'static str,
    value: Option<f64>,
    occurrences: u64,
    /// Whether this target does not know it yet.
    #[serde(rename = "is_news")]
    is_news: bool,
}

impl<'d> WebhookBody<'d> {
    /// What tells of a delivery; `external_url` is where this server is reached by people.
    pub(crate) fn of(delivery: &'d Delivery, external_url: &'d str) -> Self {
        Self {
            version: VERSION,
            group_key: delivery.group_key.to_string(),
            truncated_alerts: delivery.left_out(),
            status: match delivery.firing {
                0 => Status::Resolved.as_str(),
                _ => Status::Firing.as_str(),
            },
            receiver: &delivery.target,
            group_labels: labels_of(&delivery.group_labels),
            common_labels: labels_of(&delivery.common_labels),
            common_annotations: &delivery.common_annotations,
            external_url,
            alerts: delivery.alerts.iter().map(WebhookAlert::of).collect(),
            delivery_id: delivery.id,
            attempt: delivery.attempt,
            reason: delivery.reason.as_str(),
            route: delivery.route.as_deref(),
            firing: delivery.firing,
            resolved: delivery.resolved,
        }
    }

    /// The text of the body.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("invariant: texts and numbers have a JSON form")
    }
}

impl<'d> WebhookAlert<'d> {
    fn of(alert: &'d ToldAlert) -> Self {
        let ends_at = alert.ends_at.map(|at| at.to_string());
        Self {
            status: alert.status.as_str(),
            labels: labels_of(&alert.all_labels()),
            annotations: &alert.annotations,
            starts_at: alert.starts_at.to_string(),
            ends_at: ends_at.unwrap_or_else(|| NO_TIME.to_owned()),
            generator_url: alert.generator_url.as_deref().unwrap_or_default(),
            fingerprint: alert.fingerprint.to_string(),
            alert_id: alert.alert,
            severity: alert.severity.as_str(),
            value: alert.value,
            occurrences: alert.occurrences,
            is_news: alert.is_news,
        }
    }
}
