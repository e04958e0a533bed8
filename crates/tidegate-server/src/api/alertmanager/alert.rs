//! An alert as Alertmanager shows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::wire::{WireTime, labels_of};
use serde::Serialize;
use serde_json::{Map, Value};
use tidegate_stores::Timestamp;
use tidegate_stores::alerts::{Alert, State};
use utoipa::ToSchema;

/// An alert.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GettableAlert {
    /// Texts for people.
    annotations: BTreeMap<String, String>,
    /// When it ends if nobody tells of it again; always ahead.
    #[schema(value_type = String, format = DateTime)]
    ends_at: WireTime,
    /// The same for all alerts of this name and these labels.
    fingerprint: String,
    /// Where it goes.
    pub(super) receivers: Vec<Receiver>,
    /// Since when it fires.
    #[schema(value_type = String, format = DateTime)]
    starts_at: WireTime,
    /// Whether people are told.
    pub(super) status: AlertStatus,
    /// When it changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: WireTime,
    /// Where to look at it.
    #[serde(rename = "generatorURL")]
    generator_url: String,
    /// Its labels, with its name as `alertname` and its severity as `severity`.
    labels: Map<String, Value>,
}

/// Whether people are told.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertStatus {
    /// The alerts that inhibit it.
    pub(super) inhibited_by: Vec<String>,
    /// The silences that silence it.
    pub(super) silenced_by: Vec<String>,
    /// `active` or `suppressed`: silenced, inhibited, acknowledged or put off.
    pub(super) state: &'static str,
    /// Whether somebody takes care of it or has put it off: a reason of ours to tell nobody.
    #[serde(skip)]
    pub(super) is_handled: bool,
}

/// Somewhere that notifications go to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub(super) struct Receiver {
    /// Its name.
    #[schema(value_type = String)]
    pub(super) name: Arc<str>,
}

impl GettableAlert {
    /// An alert that ends then if it does not say when.
    pub(super) fn of(alert: Alert, receivers: Vec<Receiver>, ends_at: Timestamp) -> Self {
        let mut labels = labels_of(&alert.labels);
        labels.insert("alertname".to_owned(), alert.name.into());
        labels.insert("severity".to_owned(), alert.severity.as_str().into());
        let inhibited_by = alert.inhibited_by.iter().map(ToString::to_string);
        let silenced_by = alert.silenced_by.iter().map(ToString::to_string);
        Self {
            annotations: alert.annotations,
            ends_at: alert.expires_at.unwrap_or(ends_at).into(),
            fingerprint: alert.fingerprint.to_string(),
            receivers,
            starts_at: alert.fired_at.unwrap_or(alert.opened_at).into(),
            status: AlertStatus {
                inhibited_by: inhibited_by.collect(),
                silenced_by: silenced_by.collect(),
                state: if alert.is_muted {
                    "suppressed"
                } else {
                    "active"
                },
                is_handled: matches!(alert.state, State::Acknowledged | State::Suppressed),
            },
            updated_at: alert.changed_at.into(),
            generator_url: alert.generator_url.unwrap_or_default(),
            labels,
        }
    }
}
