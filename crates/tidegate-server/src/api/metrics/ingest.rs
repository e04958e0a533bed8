//! Taking measurements in, as JSON or in Prometheus' text format.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use tidegate::Tx;
use tidegate_stores::metrics::{self, Recorded, Refusal, Refused, Sample, Series};
use tidegate_stores::{Error, Labels, Timestamp};
use utoipa::{IntoParams, ToSchema};

use super::prometheus;
use crate::clock;
use crate::http::{Body, Context, Json, Query, heavy, offload};
use crate::problem::{Code, Problem};
use crate::wire::WireTime;

/// How many refusals are listed one by one.
const LISTED_REFUSALS_MAX: usize = 1_000;

/// Measurements to be stored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Samples {
    /// The samples, 100,000 at most.
    samples: Vec<NewSample>,
}

/// One measurement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSample {
    /// The metric's name: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    name: String,
    /// The labels.
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// The value.
    value: f64,
    /// When it was measured: RFC 3339, or milliseconds since 1970; now if that is not said.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<WireTime>,
}

/// How a batch is taken.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct IngestQuery {
    /// Whether a sample that is refused keeps the others from being stored; `true` for JSON unless said otherwise.
    all_or_nothing: Option<bool>,
}

/// What became of a batch.
#[derive(Serialize, ToSchema)]
pub(super) struct Stored {
    /// How many samples were stored.
    stored: u64,
    /// How many series are new.
    new_series: u64,
    /// How many samples were refused.
    refused: usize,
    /// Which, the first thousand of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<RefusedSample>,
}

/// A sample that was not stored.
#[derive(Serialize, ToSchema)]
struct RefusedSample {
    /// Its index in the batch, from 0.
    item: usize,
    /// Why: `not_finite`, `future`, `too_old` or `too_many_series`.
    code: &'static str,
    /// The same in words.
    reason: String,
}

/// Stores measurements.
///
/// A JSON batch is stored whole or not at all; with `all_or_nothing=false` what can be stored is. A body of `text/plain` is
/// taken for Prometheus' text format, as at `/api/v1/metrics/import/prometheus`.
#[utoipa::path(
    post, path = "/api/v1/metrics", tag = "metrics", params(IngestQuery), request_body = Samples,
    responses((status = 200, body = Stored))
)]
pub(super) async fn ingest(
    context: Context,
    Query(query): Query<IngestQuery>,
    body: Body,
) -> Result<Response, Problem> {
    match body.media_type.as_str() {
        "application/json" => {}
        "text/plain" => return prometheus::store(&context, body).await,
        _ => {
            let detail = "send application/json, or text/plain in Prometheus' format";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
    }
    let now = clock::now();
    let samples = offload(body.bytes.len(), move || {
        let document: Samples = body.json()?;
        samples_of(document, now)
    });
    let samples = samples.await?;
    if query.all_or_nothing == Some(false) {
        let record = move |tx: &mut Tx<'_>| metrics::record_many(tx, now, &samples);
        let recorded = context.write("metrics.record", record).await;
        return reply(recorded.map_err(of_samples)?).await;
    }
    let record = move |tx: &mut Tx<'_>| all_or_nothing(tx, now, &samples);
    let recorded = context.write("metrics.record", record).await;
    match recorded.map_err(of_samples)? {
        Ok(recorded) => reply(recorded).await,
        Err(refused) => Err(problem_of(refused)),
    }
}

/// The body's samples, or which of them has a wrong name or label.
fn samples_of(document: Samples, now: Timestamp) -> Result<Vec<Sample>, Problem> {
    let samples = document.samples.into_iter().enumerate();
    let samples = samples.map(|(item, sample)| {
        let labels = Labels::new(&sample.labels);
        let series = labels.and_then(|labels| Series::new(&sample.name, labels));
        let series = series.map_err(|error| {
            let field = error.field().unwrap_or("name");
            let field = format!("samples[{item}].{field}");
            Problem::from(error).field(field)
        })?;
        let at = sample.at.map_or(now, |at| at.0);
        Ok(Sample::new(series, sample.value, at))
    });
    samples.collect()
}

/// Stores all samples, or counts those that are refused and stores none.
fn all_or_nothing(
    tx: &mut Tx<'_>,
    now: Timestamp,
    samples: &[Sample],
) -> tidegate_stores::Result<Result<Recorded, Refused>> {
    let mut refused = Vec::new();
    let whole = tx.savepoint(|tx| {
        let mut recorded = metrics::record_many(tx, now, samples)?;
        refused = std::mem::take(&mut recorded.refused);
        match refused.is_empty() {
            true => Ok(Some(recorded)),
            // Undoes the savepoint; what it says is not looked at.
            false => Err(tidegate::Error::application("a sample was refused")),
        }
    });
    match (whole, refused.first()) {
        (_, Some(first)) => {
            let first = *first;
            count_refused(tx, now, samples, &refused)?;
            Ok(Err(first))
        }
        (recorded, None) => Ok(Ok(recorded.map_err(Error::from)?.unwrap_or_default())),
    }
}

/// The store counts what it refuses, so it is given just that. A lack of room for series is not counted: without the
/// others of the batch there may be room.
fn count_refused(
    tx: &mut Tx<'_>,
    now: Timestamp,
    samples: &[Sample],
    refused: &[Refused],
) -> tidegate_stores::Result<()> {
    let counted = refused
        .iter()
        .filter(|refused| refused.reason != Refusal::TooManySeries);
    let counted: Vec<Sample> = counted
        .filter_map(|refused| samples.get(refused.item).cloned())
        .collect();
    metrics::record_many(tx, now, &counted).map(|_| ())
}

fn problem_of(refused: Refused) -> Problem {
    let field = match refused.reason {
        Refusal::NotFinite => "value",
        Refusal::Future | Refusal::TooOld => "at",
        _ => "name",
    };
    let field = format!("samples[{}].{field}", refused.item);
    let detail = format!("{}; nothing was stored", refused.reason);
    Problem::new(Code::SampleRefused, detail).field(field)
}

pub(super) fn of_samples(error: Error) -> Problem {
    Problem::of_item("samples", error)
}

pub(super) async fn reply(recorded: Recorded) -> Result<Response, Problem> {
    let refused = recorded.refused.len();
    let listed = recorded.refused.iter().take(LISTED_REFUSALS_MAX);
    let refusals: Vec<RefusedSample> = listed
        .map(|refused| RefusedSample {
            item: refused.item,
            code: refused.reason.as_str(),
            reason: refused.reason.to_string(),
        })
        .collect();
    let stored = Stored {
        stored: recorded.stored,
        new_series: recorded.new_series,
        refused,
        refusals,
    };
    match stored.refusals.is_empty() {
        true => Ok(axum::response::IntoResponse::into_response(Json(stored))),
        false => heavy(stored).await,
    }
}
