//! Running each probe when its time has come, one run of it at a time.

use std::collections::HashMap;
use std::time::Duration;

use tidegate_stores::Result;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use super::measure::measure;
use crate::app::App;
use crate::clock;
use crate::config::ProbeConfig;

/// How soon a changed configuration is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Runs the configured probes for ever.
///
/// # Cancel safety
/// Dropping the future ends the commands that run.
pub(crate) async fn keep_probing(app: &App) -> Result<()> {
    let mut schedule = Schedule::default();
    loop {
        let now = Instant::now();
        let config = app.config();
        app.probes
            .keep(|name| config.probe.iter().any(|probe| probe.name == name));
        for probe in config.probe.iter().filter(|probe| probe.enabled) {
            schedule.begin_if_due(app, probe, now);
        }
        tokio::select! {
            () = tokio::time::sleep_until(schedule.next(&config.probe, now)) => {}
            Some(ended) = schedule.runs.join_next_with_id() => schedule.end(ended),
        }
    }
}

type Ended = std::result::Result<(Id, Result<()>), tokio::task::JoinError>;

#[derive(Default)]
struct Schedule {
    due: HashMap<String, Instant>,
    runs: JoinSet<Result<()>>,
    running: HashMap<Id, String>,
}

impl Schedule {
    fn begin_if_due(&mut self, app: &App, probe: &ProbeConfig, now: Instant) {
        let is_running = self.running.values().any(|name| *name == probe.name);
        let due = *self.due.entry(probe.name.clone()).or_insert(now);
        // A shorter interval holds from now on.
        let due = due.min(now + probe.every);
        if is_running || due > now {
            return;
        }
        self.due.insert(probe.name.clone(), now + probe.every);
        app.probes
            .plan(&probe.name, clock::now().saturating_add(probe.every));
        let (app, name, probe) = (app.clone(), probe.name.clone(), probe.clone());
        let task = self
            .runs
            .spawn(async move { measure(&app, &probe).await.map(drop) });
        self.running.insert(task.id(), name);
    }

    /// When to look again.
    fn next(&self, probes: &[ProbeConfig], now: Instant) -> Instant {
        let waiting = probes.iter().filter(|probe| probe.enabled);
        let due = waiting.filter_map(|probe| self.due.get(&probe.name).copied());
        let due = due.filter(|due| *due > now);
        due.min().unwrap_or(now + LOOK_EVERY).min(now + LOOK_EVERY)
    }

    fn end(&mut self, ended: Ended) {
        let (id, error) = match ended {
            Ok((id, outcome)) => (id, outcome.err().map(|error| error.to_string())),
            Err(error) => (error.id(), Some(error.to_string())),
        };
        let probe = self.running.remove(&id).unwrap_or_default();
        if let Some(error) = error {
            tracing::warn!(probe, error, "what a probe found was not recorded");
        }
    }
}
