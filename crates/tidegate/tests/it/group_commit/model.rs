//! Random groups of jobs against a model: each job happens whole or not at all, in order, whatever its neighbours do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tidegate::{Changes, Database, Error, JournalMode, Operation, Options, Result, Tx};
use tidegate_testkit::poll::block_on;

use super::{grouping, open_grouping, published};
use crate::support::open_with;

const SCHEMA: &str = "
    CREATE TABLE item (k INTEGER PRIMARY KEY, v INTEGER NOT NULL);
    CREATE TABLE child (p INTEGER REFERENCES item DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER poison BEFORE INSERT ON item WHEN new.v = -1
    BEGIN SELECT RAISE(ROLLBACK, 'poisoned'); END;";
const RUNAWAY: &str =
    "WITH RECURSIVE c(x) AS (VALUES(0) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
const RUNAWAY_WRITE: &str = "INSERT INTO item WITH RECURSIVE c(x) AS (VALUES(1000) UNION ALL SELECT x + 1 FROM c) SELECT x, 1 FROM c";

/// One step of a job.
#[derive(Clone, Debug)]
enum Step {
    Insert(i64, i64),
    Upsert(i64, i64),
    Delete(i64),
    /// Inserts both; the first stays where the second fails.
    OrFail(i64, i64),
    /// Rolls the whole transaction back where the row exists.
    OrRollback(i64),
    /// Rolls the whole transaction back, always.
    Poison(i64),
    Child(i64),
    CreateTable,
    /// The steps within a savepoint, which is given up where `bool` says so.
    Savepoint(Vec<Step>, bool),
    /// A step whose failure the closure forgives.
    Forgive(Box<Step>),
}

#[derive(Clone, Debug)]
enum End {
    Keep,
    Fail,
    Panic,
    Overrun,
    OverrunWriting,
}

#[derive(Clone, Debug)]
struct Job {
    steps: Vec<Step>,
    end: End,
    /// Without a closure around it, where it is a single plain step.
    bare: bool,
}

// The model.

#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    items: BTreeMap<i64, i64>,
    children: Vec<i64>,
    tables: i64,
}

enum Failed {
    /// The statement, and nothing else.
    Step,
    /// The transaction under it.
    All,
}

impl State {
    fn step(&mut self, step: &Step) -> Result<(), Failed> {
        match step {
            Step::Insert(k, v) => self.insert(*k, *v),
            Step::Upsert(k, v) => drop(self.items.insert(*k, *v)),
            Step::Delete(k) => drop(self.items.remove(k)),
            Step::OrFail(a, b) => return self.insert_new(*a).and_then(|()| self.insert_new(*b)),
            Step::OrRollback(k) => return self.insert_new(*k).map_err(|_| Failed::All),
            Step::Poison(_) => return Err(Failed::All),
            Step::Child(p) => self.children.push(*p),
            Step::CreateTable if self.tables > 0 => return Err(Failed::Step),
            Step::CreateTable => self.tables = 1,
            Step::Savepoint(steps, keep) => return self.savepoint(steps, *keep),
            Step::Forgive(step) => {
                return match self.step(step) {
                    Err(Failed::Step) => Ok(()),
                    other => other,
                };
            }
        }
        Ok(())
    }

    /// An insertion that takes what is there for good.
    fn insert(&mut self, k: i64, v: i64) {
        self.items.insert(k, v);
    }

    fn insert_new(&mut self, k: i64) -> Result<(), Failed> {
        if self.items.contains_key(&k) {
            return Err(Failed::Step);
        }
        self.insert(k, 7);
        Ok(())
    }

    fn savepoint(&mut self, steps: &[Step], keep: bool) -> Result<(), Failed> {
        let before = self.clone();
        let outcome = steps.iter().try_for_each(|step| self.step(step));
        if let Err(Failed::All) = outcome {
            return outcome;
        }
        if outcome.is_err() || !keep {
            *self = before;
            return Err(Failed::Step);
        }
        Ok(())
    }

    /// The number of items that the job sees at its end, where it succeeds.
    fn job(&mut self, job: &Job) -> Option<i64> {
        let mut after = self.clone();
        let done = job.steps.iter().try_for_each(|step| after.step(step));
        let orphaned = after.children.iter().any(|p| !after.items.contains_key(p));
        if done.is_err() || orphaned || !matches!(job.end, End::Keep) {
            return None;
        }
        *self = after;
        Some(self.items.len() as i64)
    }
}

// The database.

fn plain(step: &Step) -> Option<(&'static str, (i64, i64))> {
    Some(match *step {
        Step::Insert(k, v) => ("INSERT OR REPLACE INTO item VALUES (?, ?)", (k, v)),
        Step::Upsert(k, v) => (
            "INSERT INTO item VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v",
            (k, v),
        ),
        Step::Delete(k) => ("DELETE FROM item WHERE k = ? AND ? = 0", (k, 0)),
        Step::OrFail(a, b) => ("INSERT OR FAIL INTO item VALUES (?, 7), (?, 7)", (a, b)),
        Step::OrRollback(k) => ("INSERT OR ROLLBACK INTO item VALUES (?, ?)", (k, 7)),
        Step::Poison(k) => ("INSERT INTO item VALUES (?, ?)", (k, -1)),
        Step::Child(p) => ("INSERT INTO child SELECT ? WHERE ? = 0", (p, 0)),
        Step::CreateTable | Step::Savepoint(..) | Step::Forgive(_) => return None,
    })
}

fn run_step(tx: &mut Tx<'_>, step: &Step) -> Result<()> {
    match step {
        Step::CreateTable => tx.execute_batch("CREATE TABLE extra (x)"),
        Step::Savepoint(steps, keep) => tx.savepoint(|tx| {
            steps.iter().try_for_each(|step| run_step(tx, step))?;
            keep.then_some(())
                .ok_or_else(|| Error::application("given up"))
        }),
        Step::Forgive(step) => {
            let _ = run_step(tx, step);
            Ok(())
        }
        step => {
            let (sql, params) = plain(step).expect("a plain step");
            tx.execute(sql, params).map(drop)
        }
    }
}

fn run_job(tx: &mut Tx<'_>, job: &Job) -> Result<i64> {
    job.steps.iter().try_for_each(|step| run_step(tx, step))?;
    match job.end {
        End::Keep => tx.query_scalar("SELECT count(*) FROM item", ()),
        End::Fail => Err(Error::application("as agreed")),
        End::Panic => std::panic::panic_any("as agreed"),
        End::Overrun => tx.query_scalar(RUNAWAY, ()),
        End::OverrunWriting => tx.execute(RUNAWAY_WRITE, ()).map(|_| 0),
    }
}

/// The single statement of a job that needs no closure.
fn bare(job: &Job) -> Option<(&'static str, (i64, i64))> {
    match &*job.steps {
        [step] if job.bare && matches!(job.end, End::Keep) => plain(step),
        _ => None,
    }
}

/// Submits a job; its answer is the number of items it saw, or -1 where it had no closure to look with.
async fn submit(db: &Database, job: Job) -> Result<i64> {
    if let Some((sql, params)) = bare(&job) {
        return db.execute(sql, params).await.map(|_| -1);
    }
    let overruns = matches!(job.end, End::Overrun | End::OverrunWriting);
    let call = db.write(move |tx| run_job(tx, &job));
    match overruns {
        true => call.deadline(Duration::from_millis(30)).await,
        false => call.await,
    }
}

async fn submit_all(db: &Database, jobs: &[Job]) -> Vec<Result<i64>> {
    let mut answers: Vec<_> = jobs
        .iter()
        .map(|job| Some(Box::pin(submit(db, job.clone()))))
        .collect();
    let mut done: Vec<_> = jobs.iter().map(|_| Ok(0)).collect();
    let mut holder = Some(db.begin().await.expect("begins"));
    std::future::poll_fn(|cx| {
        for (call, done) in answers.iter_mut().zip(&mut done) {
            if let Some(waiting) = call
                && let std::task::Poll::Ready(answer) = waiting.as_mut().poll(cx)
            {
                *done = answer;
                *call = None;
            }
        }
        // All of them are queued now, in this order, behind the transaction that ends here.
        drop(holder.take());
        match answers.iter().all(Option::is_none) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    done
}

async fn state_of(db: &Database) -> State {
    let items: Vec<(i64, i64)> = db.query("SELECT k, v FROM item", ()).await.unwrap();
    State {
        items: items.into_iter().collect(),
        children: db
            .query::<(i64,)>("SELECT p FROM child ORDER BY rowid", ())
            .await
            .unwrap()
            .into_iter()
            .map(|(p,)| p)
            .collect(),
        tables: db
            .query_scalar(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'",
                (),
            )
            .await
            .unwrap(),
    }
}

async fn clear(db: &Database) {
    db.execute_batch("DELETE FROM child; DELETE FROM item; DROP TABLE IF EXISTS extra")
        .await
        .unwrap();
}

// What is tried.

fn key() -> impl Strategy<Value = i64> {
    1..6i64
}

fn step() -> impl Strategy<Value = Step> {
    let plain = prop_oneof![
        4 => (key(), 0..100i64).prop_map(|(k, v)| Step::Insert(k, v)),
        2 => (key(), 0..100i64).prop_map(|(k, v)| Step::Upsert(k, v)),
        2 => key().prop_map(Step::Delete),
        2 => (key(), key()).prop_map(|(a, b)| Step::OrFail(a, b)),
        2 => key().prop_map(Step::OrRollback),
        1 => key().prop_map(Step::Poison),
        2 => key().prop_map(Step::Child),
        1 => Just(Step::CreateTable),
    ];
    plain.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            3 => (vec(inner.clone(), 0..3), prop::bool::weighted(0.6))
                .prop_map(|(steps, keep)| Step::Savepoint(steps, keep)),
            2 => inner.prop_map(|step| Step::Forgive(Box::new(step))),
        ]
    })
}

fn job() -> impl Strategy<Value = Job> {
    let end = prop_oneof![
        16 => Just(End::Keep),
        3 => Just(End::Fail),
        2 => Just(End::Panic),
        1 => Just(End::Overrun),
        1 => Just(End::OverrunWriting),
    ];
    (vec(step(), 1..4), end, any::<bool>()).prop_map(|(steps, end, bare)| Job { steps, end, bare })
}

/// What a subscriber makes of the changes that it was told: the keys that there should be.
fn told_keys(changes: &mut Changes) -> BTreeSet<i64> {
    let mut keys = BTreeSet::new();
    for (operation, rowid) in published(changes, "item") {
        match operation {
            Operation::Insert => drop(keys.insert(rowid)),
            Operation::Update => {
                assert!(keys.contains(&rowid), "update of a row that is not there")
            }
            Operation::Delete => {
                assert!(keys.remove(&rowid), "deletion of a row that is not there")
            }
        }
    }
    keys
}

fn try_groups(db: &Database, jobs: &[Job]) -> Result<(), TestCaseError> {
    block_on(clear(db));
    let mut changes = db.changes();
    let mut model = State::default();
    let expected: Vec<_> = jobs
        .iter()
        .map(|job| match (model.job(job), bare(job)) {
            (Some(_), Some(_)) => Some(-1),
            (answer, _) => answer,
        })
        .collect();
    let answers = block_on(submit_all(db, jobs));
    let kept: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().ok().copied())
        .collect();
    prop_assert_eq!(kept, expected, "answers: {:?}", answers);
    prop_assert_eq!(
        block_on(state_of(db)),
        model.clone(),
        "answers: {:?}",
        answers
    );
    prop_assert_eq!(told_keys(&mut changes), model.items.into_keys().collect());
    Ok(())
}

fn random_groups_leave_what_the_model_leaves(db: &Database, cases: u32) {
    block_on(db.execute_batch(SCHEMA)).unwrap();
    let config = Config {
        cases: cases.max(Config::default().cases / 4),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&vec(job(), 1..8), |jobs| try_groups(db, &jobs))
        .unwrap();
    assert!(db.stats().writer.replays > 0, "no group was run again");
}

#[test]
fn random_groups_in_a_file_leave_what_a_model_leaves() {
    let db = block_on(open_grouping());
    random_groups_leave_what_the_model_leaves(&db, 200);
}

#[test]
fn random_groups_with_a_rollback_journal_leave_what_a_model_leaves() {
    let db = block_on(open_with(|options| {
        grouping(options).journal_mode(JournalMode::Delete)
    }));
    random_groups_leave_what_the_model_leaves(&db, 60);
}

#[test]
fn random_groups_in_memory_leave_what_a_model_leaves() {
    let db = block_on(grouping(Options::memory()).open()).unwrap();
    random_groups_leave_what_the_model_leaves(&db, 100);
}
