//! The alerts on real files.

mod due;
mod evaluate;
mod explain;
mod hostile;
mod ingest;
mod inhibitions;
mod lists;
mod model;
mod operate;
mod plans;
mod retention;
mod rules;
mod silences;
mod standing;
mod tail;
mod trigger;

use std::time::Duration;

use tidegate::{ReadTx, Tx};
use tidegate_stores::alerts::{
    self, Action, Alert, Comparison, Evaluation, Filter, Rule, Severity, State, Story,
    TransitionKind, Trigger, Triggered,
};
use tidegate_stores::metrics::{self, Aggregate, Sample, Series};
use tidegate_stores::{Error, Id, Labels, Result, Timestamp};

use crate::support::TestDb;

/// Reads, with the store's own error.
fn read<R: Send + 'static>(
    db: &TestDb,
    work: impl FnOnce(&mut ReadTx<'_>) -> Result<R> + Send + 'static,
) -> Result<R> {
    db.read(move |tx| Ok(work(tx)?)).map_err(Error::from)
}

/// Writes, with the store's own error.
fn write<R: Send + 'static>(
    db: &TestDb,
    work: impl FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
) -> Result<R> {
    db.write(move |tx| Ok(work(tx)?)).map_err(Error::from)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn labels<const N: usize>(pairs: [(&str, &str); N]) -> Labels {
    Labels::new(pairs).unwrap()
}

/// A rule named `high` that fires at once where the latest `load` of a minute is above 1.
fn high() -> Rule {
    let mut rule = Rule::new("high", "load", Comparison::Above, 1.0, Severity::Warning);
    rule.aggregate = Aggregate::Last;
    rule.window = seconds(60);
    rule
}

fn with(mut rule: Rule, set: impl FnOnce(&mut Rule)) -> Rule {
    set(&mut rule);
    rule
}

fn set_rules(db: &TestDb, now: Timestamp, rules: Vec<Rule>) {
    write(db, move |tx| {
        alerts::set_rules(tx, now, "config", rules).map(drop)
    })
    .unwrap();
}

/// Records one sample of `load{host="…"}`.
fn measure(db: &TestDb, at: Timestamp, host: &str, value: f64) {
    let series = Series::new("load", labels([("host", host)])).unwrap();
    let samples = [Sample::new(series, value, at)];
    let recorded = write(db, move |tx| metrics::record_many(tx, at, &samples)).unwrap();
    assert_eq!(recorded.stored, 1);
}

fn evaluate(db: &TestDb, now: Timestamp) -> Evaluation {
    write(db, move |tx| alerts::evaluate_step(tx, now)).unwrap()
}

/// Does all that is due, in pieces of `budget` alerts.
fn escalate(db: &TestDb, now: Timestamp, budget: usize) {
    while write(db, move |tx| alerts::escalate_step(tx, now, budget))
        .unwrap()
        .more
    {}
}

fn trigger(db: &TestDb, now: Timestamp, trigger: Trigger) -> Triggered {
    write(db, move |tx| alerts::trigger(tx, now, trigger)).unwrap()
}

/// Triggers an alert of this name and severity, and gives its id.
fn open_manual(db: &TestDb, now: Timestamp, name: &str, severity: Severity) -> Id {
    trigger(db, now, Trigger::new(name, severity, "", "test"))
        .alert()
        .unwrap()
}

fn active(db: &TestDb) -> Vec<Alert> {
    let page = read(db, |tx| alerts::active(tx, &Filter::default(), None, 1_000));
    page.unwrap().items
}

/// The only active alert.
fn only(db: &TestDb) -> Alert {
    let mut active = active(db);
    assert_eq!(active.len(), 1, "{active:?}");
    active.remove(0)
}

fn get(db: &TestDb, id: Id) -> Alert {
    read(db, move |tx| alerts::get(tx, id)).unwrap()
}

fn story(db: &TestDb, id: Id) -> Story {
    read(db, move |tx| alerts::story(tx, id)).unwrap()
}

/// What happened to an alert.
fn kinds(db: &TestDb, id: Id) -> Vec<TransitionKind> {
    story(db, id)
        .transitions
        .into_iter()
        .map(|transition| transition.kind)
        .collect()
}

fn acknowledge(db: &TestDb, now: Timestamp, id: Id) -> Result<Alert> {
    write(db, move |tx| {
        alerts::acknowledge(tx, now, id, &Action::new("ada", "mine"))
    })
}

fn suppress(db: &TestDb, now: Timestamp, id: Id, until: Timestamp) -> Result<Alert> {
    write(db, move |tx| {
        alerts::suppress(tx, now, id, until, &Action::new("ada", "later"))
    })
}

fn resolve(db: &TestDb, now: Timestamp, id: Id) -> Result<Alert> {
    write(db, move |tx| {
        alerts::resolve(tx, now, id, &Action::new("ada", "done"))
    })
}

fn state(db: &TestDb, id: Id) -> State {
    get(db, id).state
}
