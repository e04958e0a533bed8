//! Taking in what Prometheus' clients expose.

use axum::response::Response;
use tidegate::Tx;
use tidegate_stores::metrics::{self, Description, Recorded, Sample, prometheus_text};
use tidegate_stores::{ErrorKind, Timestamp};

use super::ingest::{Stored, of_samples, reply};
use crate::clock;
use crate::http::{Body, Context, offload};
use crate::problem::{Code, Problem};

/// Stores measurements in Prometheus' text format.
///
/// A text that does not keep to the format is refused whole, with the line. A sample that is refused, such as the NaN of a
/// summary without observations, keeps no other from being stored; the answer lists and the server counts it.
#[utoipa::path(
    post, path = "/api/v1/metrics/import/prometheus", tag = "metrics",
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, body = Stored))
)]
pub(super) async fn import(context: Context, body: Body) -> Result<Response, Problem> {
    store(&context, body).await
}

pub(super) async fn store(context: &Context, body: Body) -> Result<Response, Problem> {
    let now = clock::now();
    let parsed = offload(body.bytes.len(), move || parse(&body, now));
    let (samples, descriptions) = parsed.await?;
    let record = move |tx: &mut Tx<'_>| record(tx, now, &samples, &descriptions);
    let recorded = context.write("metrics.record", record).await;
    reply(recorded.map_err(of_samples)?).await
}

fn parse(body: &Body, now: Timestamp) -> Result<(Vec<Sample>, Vec<Description>), Problem> {
    let mut parsed = prometheus_text::parse(body.text()?).map_err(|error| {
        let code = match error.kind() {
            ErrorKind::Limit => Code::LimitExceeded,
            _ => Code::InvalidExposition,
        };
        Problem::new(code, error.reason().to_owned())
            .field("body")
            .position(error.position())
    })?;
    let descriptions = std::mem::take(&mut parsed.descriptions);
    Ok((parsed.into_samples(now), descriptions))
}

fn record(
    tx: &mut Tx<'_>,
    now: Timestamp,
    samples: &[Sample],
    descriptions: &[Description],
) -> tidegate_stores::Result<Recorded> {
    metrics::describe(tx, descriptions)?;
    metrics::record_many(tx, now, samples)
}
