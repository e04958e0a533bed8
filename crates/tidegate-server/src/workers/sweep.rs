//! Rolling up, and removing what is too old: in steps, so that other writers wait for milliseconds.

use std::time::Duration;

use tidegate::Tx;
use tidegate_stores::{Progress, Result, Timestamp, events, metrics};

use super::supervise::Worker;
use crate::app::App;
use crate::clock;
use crate::operation::Class;

/// How many rows of samples and rollups one step handles.
const METRICS_BUDGET: usize = 5_000;
/// How many events one step removes.
const EVENTS_BUDGET: usize = 300;
/// How long others have the writer between two steps.
const BREATH: Duration = Duration::from_millis(2);

/// A sort of work that is done in steps.
#[derive(Clone, Copy, Debug)]
struct Sweep {
    name: &'static str,
    every: Duration,
    step: fn(&mut Tx<'_>, Timestamp) -> Result<Progress>,
}

const SWEEPS: [Sweep; 3] = [
    Sweep {
        name: "metrics.rollup",
        every: Duration::from_secs(10),
        step: |tx, now| metrics::rollup_step(tx, now, METRICS_BUDGET),
    },
    Sweep {
        name: "metrics.retention",
        every: Duration::from_secs(60),
        step: |tx, now| metrics::retain_step(tx, now, METRICS_BUDGET),
    },
    Sweep {
        name: "events.retention",
        every: Duration::from_secs(60),
        step: |tx, now| events::retain_step(tx, now, EVENTS_BUDGET),
    },
];

/// A worker for each sort of work.
pub(super) fn workers() -> impl Iterator<Item = Worker> {
    SWEEPS.into_iter().map(|sweep| {
        Worker::new(sweep.name, move |app| async move {
            run(&app, sweep).await.map_err(|error| error.to_string())?;
            Ok(sweep.every)
        })
    })
}

/// Steps until there is nothing more to do.
async fn run(app: &App, sweep: Sweep) -> Result<()> {
    let deadline = Class::Background.deadline();
    loop {
        let (now, step) = (clock::now(), sweep.step);
        let done = app.write(sweep.name, Class::Background, deadline, move |tx| {
            step(tx, now)
        });
        if !done.await?.more {
            return Ok(());
        }
        tokio::time::sleep(BREATH).await;
    }
}
