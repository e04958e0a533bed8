//! Rules tried on samples of a file, in a time that the trial makes: what fires when, and whether that was expected.

mod cases;
mod expectation;
mod values;

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use tidegate::{Database, Tx};
use tidegate_stores::alerts::{self, Rule};
use tidegate_stores::metrics::{self, Sample};
use tidegate_stores::{Result as StoreResult, Timestamp, schema};

pub(crate) use cases::{Case, read};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::open::{Purpose, using};

/// When each case begins.
const START: &str = "2026-01-01T00:00:00Z";
/// Whose set the rules are.
const SOURCE: &str = "trial";
/// The most evaluations of one case.
const EVALUATIONS_MAX: u128 = 100_000;
/// The most alerts that a step moves because their time has come.
const DUE_MAX: usize = 100_000;

/// What came of a case: what was not as expected, nothing if all was.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) case: String,
    pub(crate) surprises: Vec<Surprise>,
}

/// What was not as expected.
#[derive(Debug)]
pub(crate) struct Surprise {
    /// The time of the case.
    pub(crate) at: Duration,
    pub(crate) rule: String,
    pub(crate) expected: String,
    pub(crate) found: String,
    /// Why the rule found what it found.
    pub(crate) why: String,
}

/// Runs a case on a database in memory.
pub(crate) async fn run(context: &Context, rules: &[Rule], case: &Case) -> Result<Outcome> {
    let mut trial = Trial::new(case)?;
    using(
        context,
        Path::new(":memory:"),
        Purpose::Create,
        async |database| {
            context
                .call(database.migrate(&schema::migrations()))
                .await?;
            let (start, rules) = (trial.start, rules.to_vec());
            let set = move |tx: &mut Tx<'_>| Ok(alerts::set_rules(tx, start, SOURCE, rules)?);
            context.call(database.write(set)).await?;
            trial.run(context, database).await
        },
    )
    .await
}

/// A case on its way.
struct Trial<'c> {
    case: &'c Case,
    start: Timestamp,
    every: Duration,
    end: Duration,
    /// What is still to be recorded, the earliest first.
    samples: VecDeque<Sample>,
}

impl<'c> Trial<'c> {
    fn new(case: &'c Case) -> Result<Self> {
        let start = Timestamp::parse(START)?;
        let end = case
            .expect
            .iter()
            .map(|one| one.at)
            .max()
            .unwrap_or_default();
        if end.as_millis() / case.every.as_millis().max(1) > EVALUATIONS_MAX {
            let message = format!(
                "the case {} takes more than {EVALUATIONS_MAX} evaluations",
                case.name
            );
            return Err(Failure::input(message).hint("give it a longer `every`"));
        }
        Ok(Self {
            case,
            start,
            every: case.every,
            end,
            samples: case.samples(start)?.into(),
        })
    }

    async fn run(&mut self, context: &Context, database: &Database) -> Result<Outcome> {
        let mut expected = self.case.expect.clone();
        expected.sort_by_key(|one| one.at);
        let mut expected = VecDeque::from(expected);
        let (mut surprises, mut at) = (Vec::new(), Duration::ZERO);
        while at <= self.end {
            self.evaluate(context, database, at).await?;
            let next = at + self.every;
            while expected.front().is_some_and(|one| one.at < next) {
                let Some(one) = expected.pop_front() else {
                    break;
                };
                let now = self.start.saturating_add(one.at);
                let look = database.read(move |tx| Ok(one.look(tx, now)?));
                surprises.extend(context.call(look).await?);
            }
            at = next;
        }
        Ok(Outcome {
            case: self.case.name.clone(),
            surprises,
        })
    }

    /// Records what was measured by now, and evaluates the rules.
    async fn evaluate(
        &mut self,
        context: &Context,
        database: &Database,
        at: Duration,
    ) -> Result<()> {
        let now = self.start.saturating_add(at);
        let count = self
            .samples
            .iter()
            .take_while(|sample| sample.at <= now)
            .count();
        let samples: Vec<Sample> = self.samples.drain(..count).collect();
        let step = move |tx: &mut Tx<'_>| Ok(evaluate(tx, now, &samples)?);
        context.call(database.write(step)).await
    }
}

fn evaluate(tx: &mut Tx<'_>, now: Timestamp, samples: &[Sample]) -> StoreResult<()> {
    for samples in samples.chunks(metrics::BATCH_SAMPLES_MAX) {
        metrics::record_many(tx, now, samples)?;
    }
    alerts::evaluate_step(tx, now)?;
    alerts::escalate_step(tx, now, DUE_MAX)?;
    Ok(())
}
