//! The workers behind alerts: rules, what becomes due, notifications, probes.

use std::time::{Duration, Instant};

use tidegate_stores::{Result, alerts, notify};

use super::supervise::Worker;
use crate::app::App;
use crate::clock;
use crate::notifying::dispatch;
use crate::operation::Class;
use crate::probing::keep_probing;

/// How many changes of alerts one transaction makes, so that other writers wait for milliseconds.
const CHANGES: usize = 200;
/// How often alerts are looked at whose time has come.
const DUE_EVERY: Duration = Duration::from_secs(1);

pub(super) fn workers() -> [Worker; 4] {
    [
        Worker::new("alerts.evaluate", |app| async move {
            let begun = Instant::now();
            evaluate(&app).await.map_err(|error| error.to_string())?;
            let every = app.config().alerts.evaluate_every;
            Ok(every.saturating_sub(begun.elapsed()))
        }),
        Worker::new("alerts.due", |app| async move {
            advance(&app).await.map_err(|error| error.to_string())?;
            Ok(DUE_EVERY)
        }),
        Worker::new("notify.dispatch", |app| async move {
            dispatch(&app).await.map_err(|error| error.to_string())?;
            Ok(Duration::ZERO)
        }),
        Worker::new("probes", |app| async move {
            keep_probing(&app)
                .await
                .map_err(|error| error.to_string())?;
            Ok(Duration::ZERO)
        }),
    ]
}

/// Evaluates all rules on a reader, and does on the writer what comes of it, a piece at a time.
async fn evaluate(app: &App) -> Result<()> {
    let (class, deadline) = (Class::Background, Class::Background.deadline());
    let plan = app.read("alerts.plan", class, deadline, |tx| {
        alerts::plan(tx, clock::now())
    });
    let mut plan = plan.await?;
    while plan.changes() > 0 {
        let apply = app.write("alerts.apply", class, deadline, move |tx| {
            alerts::apply(tx, &mut plan, CHANGES)?;
            Ok(plan)
        });
        plan = apply.await?;
    }
    Ok(())
}

/// Does what has become due, and brings alerts to targets and routes that are new.
async fn advance(app: &App) -> Result<()> {
    let (class, deadline) = (Class::Background, Class::Background.deadline());
    loop {
        let step = app.write("alerts.due", class, deadline, |tx| {
            let now = clock::now();
            let due = alerts::escalate_step(tx, now, CHANGES)?;
            let rerouted = notify::reroute_step(tx, now, CHANGES)?;
            Ok(due.more || rerouted.more)
        });
        if !step.await? {
            return Ok(());
        }
    }
}
