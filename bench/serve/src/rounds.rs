//! All that is measured, in rounds.

use bench_harness::{Result, Spread};
use bench_page::{Machine, SyncTimer};

use crate::ingest::{self, Ingest};
use crate::kill;
use crate::mixed;
use crate::options::Options;
use crate::process::first_line;
use crate::rules;
use crate::stage::Stage;
use crate::{alertmanager, tidegate};

/// The figures of all rounds, and what they were measured with.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) machine: Machine,
    pub(crate) sync: Spread,
    pub(crate) tidegate: String,
    pub(crate) alertmanager: String,
    /// For each way to put samples in, the figures of each round.
    pub(crate) ingest: Vec<(Ingest, Vec<ingest::Figures>)>,
    pub(crate) mixed: Vec<mixed::Figures>,
    pub(crate) rules: Vec<rules::Figures>,
    pub(crate) kill: Vec<kill::Outcome>,
}

pub(crate) async fn measure(options: &Options, stage: &Stage) -> Result<Measured> {
    let mut syncs = SyncTimer::default();
    let mut measured = Measured {
        machine: Machine::describe(stage.directory())?,
        sync: syncs.spread(),
        tidegate: first_line(&tidegate::program()?, "--version").await?,
        alertmanager: alertmanager::version().await?,
        ingest: Ingest::ALL.iter().map(|way| (*way, Vec::new())).collect(),
        mixed: Vec::new(),
        rules: Vec::new(),
        kill: Vec::new(),
    };
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        syncs.sample(stage.directory())?;
        for (way, figures) in &mut measured.ingest {
            eprintln!("  {way:?}");
            figures.push(way.measure(stage, options).await?);
        }
        eprintln!("  {} writes at once", mixed::WRITES);
        measured.mixed.push(mixed::measure(stage).await?);
        eprintln!("  rules");
        measured.rules.push(rules::measure(stage, options).await?);
    }
    eprintln!("{} alerts and a kill", kill::ALERTS);
    measured.kill = kill::measure(stage, options).await?;
    measured.sync = syncs.spread();
    Ok(measured)
}
