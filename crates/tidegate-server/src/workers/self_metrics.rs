//! Recording what the server and the machine are doing, as metrics like any other.

mod machine;
mod requests;

use std::time::Duration;

use tidegate::Tx;
use tidegate_stores::metrics::{self, Sample, Series};
use tidegate_stores::{Labels, Timestamp};

use super::supervise::Worker;
use crate::app::App;
use crate::clock;
use crate::operation::Class;

const NAME: &str = "self_metrics";

/// A value of a metric with its labels, of the present moment.
struct Measurement {
    name: &'static str,
    labels: Vec<(&'static str, String)>,
    value: f64,
}

impl Measurement {
    fn new(name: &'static str, value: f64) -> Self {
        Self {
            name,
            labels: Vec::new(),
            value,
        }
    }

    fn label(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.labels.push((name, value.into()));
        self
    }

    fn into_sample(self, now: Timestamp) -> tidegate_stores::Result<Sample> {
        let labels = Labels::new(self.labels)?;
        let series = Series::new(self.name, labels)?;
        Ok(Sample::new(series, self.value, now))
    }
}

/// The worker that does it, as often as the configuration says.
pub(super) fn worker() -> Worker {
    let before = std::sync::Arc::new(requests::Before::default());
    Worker::new(NAME, move |app| {
        let before = before.clone();
        async move {
            let metrics = &app.config().metrics;
            if metrics.record_self {
                record(&app, &before).await?;
            }
            Ok(metrics.record_self_every)
        }
    })
}

async fn record(app: &App, before: &requests::Before) -> Result<(), String> {
    let mut measured = machine::measure(app).await;
    measured.extend(requests::measure(app, before));
    let now = clock::now();
    let samples: tidegate_stores::Result<Vec<Sample>> = measured
        .into_iter()
        .map(|measurement| measurement.into_sample(now))
        .collect();
    let samples = samples.map_err(|error| error.to_string())?;
    let deadline: Duration = Class::Background.deadline();
    let record = move |tx: &mut Tx<'_>| metrics::record_many(tx, now, &samples);
    let recorded = app.write("metrics.record_self", Class::Background, deadline, record);
    recorded.await.map_err(|error| error.to_string())?;
    Ok(())
}
