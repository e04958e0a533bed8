//! One run of one probe, and what is recorded of it.

use std::collections::BTreeMap;
use std::time::Instant;

use tidegate_exec::Stop;
use tidegate_stores::metrics::{self, Sample, Series};
use tidegate_stores::{Labels, Result};

use super::board::Run;
use crate::app::App;
use crate::clock;
use crate::config::ProbeConfig;
use crate::operation::Class;

/// Runs a probe once, and records its metrics, with `probe_up` (1 or 0) and `probe_duration_seconds`.
///
/// # Errors
/// What the database answers; the run itself is told in any case.
///
/// # Cancel safety
/// Dropping the future ends the command's process group. Its metrics have been recorded whole or not at all.
pub(crate) async fn measure(app: &App, probe: &ProbeConfig) -> Result<Run> {
    let run = run(app, probe).await;
    app.probes.ran(&probe.name, run.clone());
    record(app, probe, &run).await?;
    Ok(run)
}

async fn run(app: &App, probe: &ProbeConfig) -> Run {
    let (at, begun) = (clock::now(), Instant::now());
    let ran = app.runner.run(&probe.command()).await;
    let (outcome, read) = match &ran {
        Err(error) => ("not_run", Err(error.to_string())),
        Ok(ended) => {
            let read = probe
                .parse
                .metrics(ended)
                .map_err(|error| error.to_string());
            let outcome = match ended.stopped {
                Some(Stop::TimedOut { .. }) => "timed_out",
                _ if read.is_ok() => "ok",
                _ if ended.success() => "unreadable",
                _ => "failed",
            };
            (outcome, read)
        }
    };
    let (values, error) = match read {
        Ok(values) if outcome == "ok" => (values.into_iter().collect(), None),
        Ok(_) => (BTreeMap::new(), ran.ok().map(|ended| ended.to_string())),
        Err(error) => (BTreeMap::new(), Some(error)),
    };
    Run {
        at,
        took: begun.elapsed(),
        outcome,
        error,
        values,
    }
}

async fn record(app: &App, probe: &ProbeConfig, run: &Run) -> Result<()> {
    let labels = probe.metric_labels()?;
    let own = [
        ("probe_up", f64::from(u8::from(run.error.is_none()))),
        ("probe_duration_seconds", run.took.as_secs_f64()),
    ];
    let read = run.values.iter().map(|(name, value)| (&**name, *value));
    let samples = own
        .into_iter()
        .chain(read)
        .map(|(name, value)| sample(name, value, &labels, run))
        .collect::<Result<Vec<_>>>()?;
    let deadline = Class::Background.deadline();
    app.write("probes.record", Class::Background, deadline, move |tx| {
        metrics::record_many(tx, clock::now(), &samples).map(drop)
    })
    .await
}

fn sample(name: &str, value: f64, labels: &Labels, run: &Run) -> Result<Sample> {
    let series = Series::new(name, labels.clone())?;
    Ok(Sample::new(series, value, run.at))
}
