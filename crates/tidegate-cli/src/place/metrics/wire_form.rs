//! Metrics as JSON of the API.

use serde_json::{Value as Json, json};
use tidegate_stores::metrics::{Description, MetricKind, Recorded, SeriesInfo, Statistics};

use crate::place::wire;

/// How many refusals are listed one by one, as the server does it.
const LISTED_REFUSALS_MAX: usize = 1_000;

/// The descriptions are sorted by name.
pub(super) fn described(name: &str, known: &[Description]) -> Json {
    let found = known.binary_search_by(|one| one.name.as_str().cmp(name));
    let found = found.ok().map(|at| &known[at]);
    let kind = found.map_or(MetricKind::Untyped, |found| found.kind);
    json!({
        "name": name,
        "kind": kind.as_str(),
        "help": found.map_or("", |found| found.help.as_str()),
    })
}

pub(super) fn series(info: &SeriesInfo) -> Json {
    json!({
        "name": info.series.name(),
        "labels": wire::labels(info.series.labels()),
        "created_at": wire::moment(info.created_at),
    })
}

pub(super) fn statistics(found: &Statistics) -> Json {
    let values = found.values.as_ref().map(|values| {
        wire::without_nulls(json!({
            "min": values.min,
            "max": values.max,
            "sum": values.sum,
            "mean": values.mean,
            "standard_deviation": values.standard_deviation,
            "median": values.median,
            "p95": values.p95,
            "p99": values.p99,
            "is_exact": values.is_exact,
            "rate": values.rate,
        }))
    });
    wire::without_nulls(json!({
        "series": found.series,
        "count": found.count,
        "samples_per_second": found.samples_per_second,
        "from": wire::moment(found.from),
        "to": wire::moment(found.to),
        "resolution": found.resolution.as_str(),
        "values": values,
    }))
}

pub(super) fn stored(recorded: &Recorded) -> Json {
    let listed = recorded.refused.iter().take(LISTED_REFUSALS_MAX);
    let refusals: Vec<Json> = listed
        .map(|refused| {
            json!({
                "item": refused.item,
                "code": refused.reason.as_str(),
                "reason": refused.reason.to_string(),
            })
        })
        .collect();
    let mut document = json!({
        "stored": recorded.stored,
        "new_series": recorded.new_series,
        "refused": recorded.refused.len(),
    });
    if !refusals.is_empty() {
        document["refusals"] = refusals.into();
    }
    document
}
