//! Why a rule has alerts now, or none.

use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;
use tidegate::ReadTx;
use tidegate_stores::Id;
use tidegate_stores::alerts::{self, Explained, Explanation};
use utoipa::ToSchema;

use super::wire::{WireRule, text};
use crate::clock;
use crate::http::{Context, heavy};
use crate::problem::Problem;
use crate::wire::{WireTime, labels_of, muted_by};

/// Why a rule has alerts now, or none.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleExplanation {
    /// The rule.
    rule: WireRule,
    /// Whether any of its alerts fires.
    fires: bool,
    /// All in a few words.
    reason: String,
    /// Each series, and each active alert whose series is silent; those with an alert first.
    series: Vec<SeriesExplanation>,
    /// How many are left out because there are more than a thousand.
    left_out: usize,
}

/// Why there is an alert for one series, or none.
#[derive(Serialize, ToSchema)]
struct SeriesExplanation {
    /// The labels of its alert.
    labels: serde_json::Map<String, serde_json::Value>,
    /// The fingerprint of its alert.
    fingerprint: String,
    /// The number that is compared; null without a sample, and for a rate of one.
    value: Option<f64>,
    /// Of how many samples.
    samples: u64,
    /// When the latest of them was measured.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<WireTime>,
    /// Whether the condition holds; null if nobody knows.
    holds: Option<bool>,
    /// Since when there is an alert.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<WireTime>,
    /// After how long a pending alert fires if the condition goes on to hold.
    for_left: Option<String>,
    /// After how long the alert is resolved if the condition does not hold again.
    resolves_in: Option<String>,
    /// The alert's id.
    #[schema(value_type = Option<String>)]
    alert: Option<Id>,
    /// The alert's state.
    state: Option<&'static str>,
    /// What keeps it from being told.
    muted_by: Vec<String>,
    /// Until when no new alert is opened.
    #[schema(value_type = Option<String>, format = DateTime)]
    cooldown_until: Option<WireTime>,
    /// Why, in words.
    reason: String,
}

/// Why a rule has alerts now, or none: what the next evaluation goes by.
#[utoipa::path(
    get, path = "/api/v1/rules/{name}/explain", tag = "rules",
    params(("name" = String, Path, description = "The rule's name")),
    responses((status = 200, body = RuleExplanation))
)]
pub(super) async fn explain(
    context: Context,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let look = move |tx: &mut ReadTx<'_>| alerts::explain(tx, now, &name);
    let found = context.read("rules.explain", look).await?;
    heavy(RuleExplanation::from(found)).await
}

impl From<Explanation> for RuleExplanation {
    fn from(found: Explanation) -> Self {
        let alerts = found.series.iter().filter_map(|one| one.alert.as_ref());
        Self {
            fires: alerts.clone().any(|alert| alert.fired_at.is_some()),
            rule: found.rule.rule.into(),
            reason: found.summary,
            left_out: found.left_out,
            series: found
                .series
                .into_iter()
                .map(SeriesExplanation::from)
                .collect(),
        }
    }
}

impl From<Explained> for SeriesExplanation {
    fn from(found: Explained) -> Self {
        let alert = found.alert.as_ref();
        Self {
            since: alert.map(|alert| alert.opened_at.into()),
            alert: alert.map(|alert| alert.id),
            state: alert.map(|alert| alert.state.as_str()),
            muted_by: alert.map(muted_by).unwrap_or_default(),
            labels: labels_of(&found.labels),
            fingerprint: found.fingerprint.to_string(),
            value: found.value,
            samples: found.samples,
            last_at: found.last_at.map(WireTime),
            holds: found.is_met,
            for_left: found.fires_in.map(text),
            resolves_in: found.resolves_in.map(text),
            cooldown_until: found.cooldown_until.map(WireTime),
            reason: found.why,
        }
    }
}
