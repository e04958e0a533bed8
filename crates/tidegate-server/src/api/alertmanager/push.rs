//! Alerts that other programs push.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use tidegate::Tx;
use tidegate_stores::alerts::{self, Pushed};
use tidegate_stores::{Labels, Timestamp};
use utoipa::ToSchema;

use crate::alertmanager::is_no_time;
use crate::clock;
use crate::http::{Context, Document};
use crate::problem::Problem;

/// An alert as Prometheus pushes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostableAlert {
    /// Its labels: `alertname` is its name, `severity` how urgent it is.
    labels: BTreeMap<String, String>,
    /// Texts for people.
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    /// Since when; now if that is not said.
    #[serde(default, deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Timestamp>,
    /// When it ends or has ended; if that is not said, it ends unless it is pushed again.
    #[serde(default, deserialize_with = "time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// Where to look at it.
    #[serde(default, rename = "generatorURL")]
    generator_url: Option<String>,
}

impl PostableAlert {
    fn into_pushed(self) -> Result<Pushed, Problem> {
        Ok(Pushed {
            labels: Labels::new(self.labels)?,
            annotations: self.annotations,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            generator_url: self.generator_url.filter(|url| !url.is_empty()),
        })
    }
}

/// Takes alerts as Prometheus pushes them, all or none. Those that occur too often are counted and dropped.
#[utoipa::path(
    post, path = "/api/v2/alerts", tag = "alertmanager", request_body = Vec<PostableAlert>,
    responses((status = 200, description = "They were taken"))
)]
pub(super) async fn push(
    context: Context,
    Document(given): Document<Vec<PostableAlert>>,
) -> Result<StatusCode, Problem> {
    let pushed = given.into_iter().enumerate().map(|(item, alert)| {
        let pushed = alert.into_pushed();
        pushed.map_err(|problem| problem.within(&format!("[{item}]")))
    });
    let pushed: Vec<Pushed> = pushed.collect::<Result<_, _>>()?;
    let (now, who) = (clock::now(), context.caller_name().to_owned());
    let write = move |tx: &mut Tx<'_>| alerts::ingest(tx, now, pushed, &who);
    let ingested = context.write("alertmanager.push", write).await;
    let ingested = ingested.map_err(|error| Problem::of_item("", error))?;
    tracing::debug!(?ingested, "alerts were pushed");
    Ok(StatusCode::OK)
}

/// A time, or none where it is Go's zero.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    let text = text.filter(|text| !text.is_empty() && !is_no_time(text));
    let at = text.map(|text| Timestamp::parse(&text)).transpose();
    at.map_err(|error| D::Error::custom(error.reason()))
}
