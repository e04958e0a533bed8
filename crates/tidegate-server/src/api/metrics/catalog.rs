//! Which metrics, series and labels there are.

use axum::extract::Path;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tidegate::ReadTx;
use tidegate_stores::metrics::{self, Description, MetricKind, Selector, SeriesInfo};
use tidegate_stores::{Cursor, Labels, Page};
use utoipa::{IntoParams, ToSchema};

use crate::api::page::{PageQuery, PageReply, checked};
use crate::http::{Context, Query, heavy};
use crate::problem::Problem;
use crate::wire::WireTime;

/// A metric.
#[derive(Serialize, ToSchema)]
struct Metric {
    /// Its name.
    name: String,
    /// `counter`, `gauge`, `histogram`, `summary` or `untyped`.
    kind: &'static str,
    /// What it is about, for people.
    help: String,
}

/// A series: a metric with labels.
#[derive(Serialize, ToSchema)]
pub(super) struct WireSeries {
    /// The metric's name.
    name: String,
    /// The labels, sorted.
    labels: serde_json::Map<String, serde_json::Value>,
    /// When its first sample was recorded.
    #[schema(value_type = String, format = DateTime)]
    created_at: WireTime,
}

/// Which series are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SeriesQuery {
    /// A metric's name with or without matchers: `http_requests_total{code=~"5.."}`; all series without it.
    selector: Option<String>,
    /// Where the list goes on: `next` of the page before.
    cursor: Option<String>,
    /// How many items at most; 100 unless said otherwise.
    limit: Option<usize>,
}

/// The metrics, by name.
#[utoipa::path(
    get, path = "/api/v1/metrics", tag = "metrics", params(PageQuery), responses((status = 200, body = PageReply<Metric>))
)]
pub(super) async fn names(
    context: Context,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let (cursor, limit) = query.check(&context)?;
    let look = move |tx: &mut ReadTx<'_>| {
        let page = metrics::metric_names(tx, cursor.as_ref(), limit)?;
        let known = metrics::descriptions(tx, &page.items)?;
        Ok((page, known))
    };
    let (page, known) = context.read("metrics.names", look).await?;
    heavy(PageReply::of(page, |name| described(name, &known))).await
}

/// The descriptions are sorted by name.
fn described(name: String, known: &[Description]) -> Metric {
    let found = known
        .binary_search_by(|description| description.name.as_str().cmp(&name))
        .ok()
        .map(|at| &known[at]);
    Metric {
        name,
        kind: found
            .map_or(MetricKind::Untyped, |found| found.kind)
            .as_str(),
        help: found.map_or_else(String::new, |found| found.help.clone()),
    }
}

/// The series, by name and labels.
#[utoipa::path(
    get, path = "/api/v1/metrics/series", tag = "metrics", params(SeriesQuery),
    responses((status = 200, body = PageReply<WireSeries>))
)]
pub(super) async fn series(
    context: Context,
    Query(query): Query<SeriesQuery>,
) -> Result<Response, Problem> {
    let (cursor, limit) = checked(query.cursor.as_deref(), query.limit, &context)?;
    let selector = query.selector.as_deref().map(selector_of).transpose()?;
    let look =
        move |tx: &mut ReadTx<'_>| metrics::series(tx, selector.as_ref(), cursor.as_ref(), limit);
    let page: Page<SeriesInfo> = context.read("metrics.series", look).await?;
    let wire = |info: SeriesInfo| WireSeries {
        name: info.series.name().to_owned(),
        labels: labels_of(info.series.labels()),
        created_at: info.created_at.into(),
    };
    heavy(PageReply::of(page, wire)).await
}

/// The names of labels.
#[utoipa::path(
    get, path = "/api/v1/metrics/labels", tag = "metrics", params(PageQuery),
    responses((status = 200, body = PageReply<String>))
)]
pub(super) async fn labels(
    context: Context,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let look = |tx: &mut ReadTx<'_>, cursor: Option<&Cursor>, limit| {
        metrics::label_names(tx, cursor, limit)
    };
    texts(&context, "metrics.labels", &query, look).await
}

/// The values of a label.
#[utoipa::path(
    get, path = "/api/v1/metrics/labels/{label}/values", tag = "metrics",
    params(("label" = String, Path, description = "The label's name"), PageQuery),
    responses((status = 200, body = PageReply<String>))
)]
pub(super) async fn label_values(
    context: Context,
    Path(label): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let look = move |tx: &mut ReadTx<'_>, cursor: Option<&Cursor>, limit| {
        metrics::label_values(tx, &label, cursor, limit)
    };
    texts(&context, "metrics.label_values", &query, look).await
}

async fn texts(
    context: &Context,
    name: &'static str,
    query: &PageQuery,
    look: impl FnOnce(&mut ReadTx<'_>, Option<&Cursor>, usize) -> tidegate_stores::Result<Page<String>>
    + Send
    + 'static,
) -> Result<Response, Problem> {
    let (cursor, limit) = query.check(context)?;
    let look = move |tx: &mut ReadTx<'_>| look(tx, cursor.as_ref(), limit);
    let page = context.read(name, look).await?;
    heavy(PageReply::of(page, |text| text)).await
}

/// Reads a selector; a problem names it, and the byte at which it goes wrong.
pub(super) fn selector_of(text: &str) -> Result<Selector, Problem> {
    Selector::parse(text).map_err(|error| Problem::from(error).field("selector"))
}

/// Labels as a JSON object, sorted by name.
pub(super) fn labels_of(labels: &Labels) -> serde_json::Map<String, serde_json::Value> {
    let labels = labels.iter();
    labels
        .map(|label| (label.name().to_owned(), label.value().into()))
        .collect()
}
