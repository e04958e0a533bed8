//! Looking rules up.

use axum::extract::Path;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tidegate::ReadTx;
use tidegate_stores::alerts::{self, Standing, StoredRule};
use utoipa::{IntoParams, ToSchema};

use super::wire::WireRule;
use crate::app::App;
use crate::http::{Context, Json, Query, heavy};
use crate::problem::Problem;
use crate::wire::WireTime;

/// The name of the worker that evaluates rules.
const EVALUATOR: &str = "alerts.evaluate";

/// Which rules are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RuleQuery {
    /// Of this source, such as `config`, `builtin` or `api`.
    source: Option<String>,
}

/// A rule with what is known of it.
#[derive(Serialize, ToSchema)]
pub(super) struct KnownRule {
    #[serde(flatten)]
    rule: WireRule,
    /// Whose set it belongs to, such as `config`, `builtin` or `api`.
    source: String,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: WireTime,
    /// What has come of it.
    state: RuleState,
}

/// What has come of a rule.
#[derive(Serialize, ToSchema)]
struct RuleState {
    /// How many of its alerts wait until the condition has held for long enough.
    pending: u64,
    /// How many fire, acknowledged and suppressed ones among them.
    firing: u64,
    /// When rules were evaluated last; null if this process has not done it yet.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_evaluated_at: Option<WireTime>,
}

/// All rules: there are at most 5,000.
#[derive(Serialize, ToSchema)]
pub(super) struct Rules {
    /// By name.
    items: Vec<KnownRule>,
}

impl KnownRule {
    pub(super) fn of(stored: StoredRule, standing: Standing, evaluated: Option<WireTime>) -> Self {
        Self {
            rule: stored.rule.into(),
            source: stored.source,
            updated_at: stored.updated_at.into(),
            state: RuleState {
                pending: standing.pending,
                firing: standing.firing,
                last_evaluated_at: evaluated,
            },
        }
    }

    /// One rule.
    pub(super) fn load(
        tx: &mut ReadTx<'_>,
        name: &str,
        evaluated: Option<WireTime>,
    ) -> tidegate_stores::Result<Self> {
        let stored = alerts::rule(tx, name)?;
        let standing = alerts::standings(tx)?.remove(name).unwrap_or_default();
        Ok(Self::of(stored, standing, evaluated))
    }
}

/// When this process evaluated rules last.
pub(super) fn last_evaluated(app: &App) -> Option<WireTime> {
    let workers = app.workers.states();
    let evaluator = workers.into_iter().find(|(name, _)| *name == EVALUATOR);
    evaluator
        .and_then(|(_, state)| state.last_round_at)
        .map(WireTime)
}

/// The rules, by name.
#[utoipa::path(
    get, path = "/api/v1/rules", tag = "rules", params(RuleQuery), responses((status = 200, body = Rules))
)]
pub(super) async fn list(
    context: Context,
    Query(query): Query<RuleQuery>,
) -> Result<Response, Problem> {
    let evaluated = last_evaluated(&context.app);
    let look = move |tx: &mut ReadTx<'_>| {
        let mut standings = alerts::standings(tx)?;
        let rules = alerts::rules(tx, query.source.as_deref())?.into_iter();
        let items = rules.map(|stored| {
            let standing = standings.remove(&stored.rule.name).unwrap_or_default();
            KnownRule::of(stored, standing, evaluated)
        });
        Ok(Rules {
            items: items.collect(),
        })
    };
    heavy(context.read("rules.list", look).await?).await
}

/// One rule.
#[utoipa::path(
    get, path = "/api/v1/rules/{name}", tag = "rules", params(("name" = String, Path, description = "The rule's name")),
    responses((status = 200, body = KnownRule))
)]
pub(super) async fn get(
    context: Context,
    Path(name): Path<String>,
) -> Result<Json<KnownRule>, Problem> {
    let evaluated = last_evaluated(&context.app);
    let look = move |tx: &mut ReadTx<'_>| KnownRule::load(tx, &name, evaluated);
    Ok(Json(context.read("rules.get", look).await?))
}
