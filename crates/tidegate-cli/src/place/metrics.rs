//! Metrics in either place.

mod wire_form;

use serde_json::{Value as Json, json};
use tidegate::{ReadTx, Tx};
use tidegate_stores::metrics::{self, Sample, Selector, Series, prometheus_text};
use tidegate_stores::{Error, ErrorKind, Labels, Timestamp};

use super::page::PageArgs;
use super::span::Span;
use super::{Place, wire};
use crate::clock;
use crate::failure::{Failure, Result};
use wire_form::{described, series, statistics, stored};

/// One measurement to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewSample {
    pub(crate) name: String,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) value: f64,
    pub(crate) at: Option<Timestamp>,
}

impl Place<'_> {
    /// The metrics, by name.
    pub(crate) async fn metric_names(&self, page: &PageArgs) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.get(&["metrics"], page.query()).await,
            Self::File(stores) => stores,
        };
        let (cursor, limit) = page.parsed()?;
        let look = move |tx: &mut ReadTx<'_>| {
            let page = metrics::metric_names(tx, cursor.as_ref(), limit)?;
            let known = metrics::descriptions(tx, &page.items)?;
            Ok((page, known))
        };
        let (page, known) = stores.read(look).await?;
        Ok(wire::page(page, |name| described(&name, &known)))
    }

    /// The series of a selector.
    pub(crate) async fn series(&self, selector: &str, page: &PageArgs) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let query = page.query().add("selector", Some(selector));
                return client.get(&["metrics", "series"], query).await;
            }
            Self::File(stores) => stores,
        };
        let (selector, (cursor, limit)) = (selector_of(selector)?, page.parsed()?);
        let look =
            move |tx: &mut ReadTx<'_>| metrics::series(tx, Some(&selector), cursor.as_ref(), limit);
        Ok(wire::page(stores.read(look).await?, |info| series(&info)))
    }

    /// What the series of a selector did in a window.
    pub(crate) async fn metric_statistics(&self, selector: &str, span: Span) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let query = span.query().add("selector", Some(selector));
                return client.get(&["metrics", "statistics"], query).await;
            }
            Self::File(stores) => stores,
        };
        let (selector, window) = (selector_of(selector)?, span.window()?);
        let look = move |tx: &mut ReadTx<'_>| metrics::statistics(tx, &selector, window);
        Ok(statistics(&stores.read(look).await?))
    }

    /// Stores one sample, or fails with the reason.
    pub(crate) async fn record_sample(&self, new: NewSample) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let sample = json!({"samples": [to_json(&new)?]});
                return client.post(&["metrics"], &sample).await;
            }
            Self::File(stores) => stores,
        };
        let now = clock::now();
        let series = Series::new(&new.name, Labels::new(new.labels)?)?;
        let sample = Sample::new(series, new.value, new.at.unwrap_or(now));
        let recorded = stores
            .write(move |tx: &mut Tx<'_>| metrics::record(tx, now, &sample))
            .await?;
        match recorded.refused.first() {
            Some(refused) => Err(Failure::answered(
                "sample_refused",
                format!("{}; nothing was stored", refused.reason),
            )),
            None => Ok(stored(&recorded)),
        }
    }

    /// Stores what a text in Prometheus' format says, but for samples that are refused one by one.
    pub(crate) async fn import_exposition(&self, text: String) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let path = ["metrics", "import", "prometheus"];
                return client.post_text(&path, text).await;
            }
            Self::File(stores) => stores,
        };
        let now = clock::now();
        let mut parsed = prometheus_text::parse(&text).map_err(|error| of_line(&error))?;
        let descriptions = std::mem::take(&mut parsed.descriptions);
        let samples = parsed.into_samples(now);
        let record = move |tx: &mut Tx<'_>| {
            metrics::describe(tx, &descriptions)?;
            metrics::record_many(tx, now, &samples)
        };
        Ok(stored(&stores.write(record).await?))
    }
}

fn selector_of(text: &str) -> Result<Selector> {
    Selector::parse(text).map_err(|error| {
        let failure = Failure::from(error);
        let message = format!("selector: {failure}");
        failure.message(message)
    })
}

/// JSON has no form for what is not finite, so it is refused here with the server's words.
fn to_json(new: &NewSample) -> Result<Json> {
    if !new.value.is_finite() {
        let reason = metrics::Refusal::NotFinite;
        return Err(Failure::answered(
            "sample_refused",
            format!("{reason}; nothing was stored"),
        ));
    }
    let labels = Labels::new(new.labels.iter().map(|(name, value)| (name, value)))?;
    Ok(wire::without_nulls(json!({
        "name": new.name,
        "labels": wire::labels(&labels),
        "value": new.value,
        "at": new.at.map(wire::moment),
    })))
}

fn of_line(error: &Error) -> Failure {
    let code = match error.kind() {
        ErrorKind::Limit => "limit_exceeded",
        _ => "invalid_exposition",
    };
    let failure = Failure::answered(code, error.reason());
    match error.position() {
        Some(line) => failure.at("the text", u64::try_from(line).unwrap_or(u64::MAX)),
        None => failure,
    }
}
