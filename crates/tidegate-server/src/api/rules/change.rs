//! Making, changing, checking and removing rules.

use axum::extract::Path;
use axum::http::StatusCode;
use serde::Deserialize;
use tidegate::{ReadTx, Tx};
use tidegate_stores::alerts::{self, Rule};
use tidegate_stores::metrics::{self, Selector};
use utoipa::IntoParams;

use super::SOURCE;
use super::list::{KnownRule, last_evaluated};
use super::wire::WireRule;
use crate::clock;
use crate::http::{Context, Document, Json, Query};
use crate::problem::{Code, Problem};

/// How strict to be.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Strictness {
    /// Whether the metric may be one of which there is no sample yet; `false` unless said otherwise.
    allow_unknown_metric: bool,
}

/// Makes a rule, or changes it. Alerts of a rule that goes on keep their state. What the configuration defines is changed
/// there, not here.
#[utoipa::path(
    put, path = "/api/v1/rules/{name}", tag = "rules", request_body = WireRule,
    params(("name" = String, Path, description = "The rule's name"), Strictness),
    responses((status = 200, body = KnownRule))
)]
pub(super) async fn put(
    context: Context,
    Path(name): Path<String>,
    Query(strictness): Query<Strictness>,
    Document(given): Document<WireRule>,
) -> Result<Json<KnownRule>, Problem> {
    if given.name != name {
        return Err(Problem::invalid_field("name", "is another than the path's"));
    }
    let rule = given.into_rule()?;
    let metric = rule.metric.clone();
    let (now, evaluated) = (clock::now(), last_evaluated(&context.app));
    let write = move |tx: &mut Tx<'_>| {
        if !strictness.allow_unknown_metric && !is_known(tx, &rule)? {
            return Ok(None);
        }
        alerts::put_rule(tx, now, SOURCE, rule)?;
        KnownRule::load(tx, &name, evaluated).map(Some)
    };
    let put = context.write("rules.put", write).await?;
    put.map(Json).ok_or_else(|| unknown_metric(&metric))
}

/// Removes a rule. Its alerts are resolved.
#[utoipa::path(
    delete, path = "/api/v1/rules/{name}", tag = "rules", params(("name" = String, Path, description = "The rule's name")),
    responses((status = 204))
)]
pub(super) async fn delete(
    context: Context,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let now = clock::now();
    let write = move |tx: &mut Tx<'_>| alerts::delete_rule(tx, now, SOURCE, &name);
    context.write("rules.delete", write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says whether a rule is as it must be, and changes nothing: the rule with what it leaves out, or a problem with its field.
#[utoipa::path(
    post, path = "/api/v1/rules/check", tag = "rules", request_body = WireRule, params(Strictness),
    responses((status = 200, body = WireRule))
)]
pub(super) async fn check(
    context: Context,
    Query(strictness): Query<Strictness>,
    Document(given): Document<WireRule>,
) -> Result<Json<WireRule>, Problem> {
    let rule = given.into_rule()?;
    let looked_for = rule.clone();
    let look = move |tx: &mut ReadTx<'_>| is_known(tx, &looked_for);
    if !strictness.allow_unknown_metric && !context.read("rules.check", look).await? {
        return Err(unknown_metric(&rule.metric));
    }
    Ok(Json(rule.into()))
}

/// Whether there are samples of the rule's metric.
fn is_known(tx: &mut ReadTx<'_>, rule: &Rule) -> tidegate_stores::Result<bool> {
    let selector = Selector::new(&rule.metric, Vec::new())?;
    let page = metrics::series(tx, Some(&selector), None, 1)?;
    Ok(!page.items.is_empty())
}

fn unknown_metric(metric: &str) -> Problem {
    let detail = format!(
        "there is no sample of {metric}; allow_unknown_metric=true takes the rule all the same"
    );
    Problem::new(Code::UnknownMetric, detail).field("metric")
}
