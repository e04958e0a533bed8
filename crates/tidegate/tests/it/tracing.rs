//! What the driver tells `tracing`, seen by a subscriber in a process of its own.

mod log;

use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

use tidegate::{Batch, CheckpointMode, ErrorKind, Options};
use tidegate_testkit::{ChildProcess, child_role, wait_until};
use tracing::{Instrument, Level, info_span};

use crate::support::{TestDb, open, open_with};
use log::{Log, Told};

/// Long enough for any machine; never waited for to its end where all is well.
const AMPLE: Duration = Duration::from_secs(20);
const RUNAWAY: &str =
    "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
/// The file that a child leaves when its test has run to the end.
const DONE: &str = "done";
const SECRET: &str = "correct horse battery staple";

/// Runs a test in a child process, whose subscriber is the log.
fn in_own_process<F: Future<Output = ()>>(test: &str, body: impl FnOnce(Log) -> F) {
    in_own_process_up_to(Level::TRACE, test, body);
}

fn in_own_process_up_to<F: Future<Output = ()>>(
    level: Level,
    test: &str,
    body: impl FnOnce(Log) -> F,
) {
    let Some((_, dir)) = child_role() else {
        return run_child(test);
    };
    let log = Log::up_to(level);
    tracing::subscriber::set_global_default(log.clone()).expect("the first in this process");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(body(log));
    std::fs::write(dir.join(DONE), test).expect("says that it ran");
}

fn run_child(test: &str) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = format!("tracing::{test}");
    let child = ChildProcess::this_test(&path, "subscriber", dir.path()).expect("starts");
    assert!(child.wait().expect("ends").success(), "see above");
    assert!(dir.path().join(DONE).exists(), "no test is called {path}");
}

fn calls(log: &Log) -> Vec<Told> {
    log.spans("tidegate.call")
        .into_iter()
        .map(|(_, span)| span)
        .collect()
}

/// The class and the outcome of the call that was made last.
fn last(log: &Log) -> (String, String) {
    let span = calls(log).pop().expect("a call");
    let field = |name| span.field(name).unwrap_or("nothing").to_owned();
    (field("class"), field("outcome"))
}

async fn eventually(log: &Log, message: &str) -> Told {
    let (log, message) = (log.clone(), message.to_owned());
    let waiting = tokio::task::spawn_blocking(move || {
        let is_told = wait_until(AMPLE, || log.event(&message).is_some());
        assert!(is_told, "no event {message:?} in {}", log.text());
        log.event(&message).expect("it was there")
    });
    waiting.await.expect("an event")
}

#[test]
fn a_call_is_a_span_within_its_callers() {
    in_own_process("a_call_is_a_span_within_its_callers", |log| async move {
        let db = open().await;
        let before = calls(&log).len();
        let query = db.query_scalar::<i64>("SELECT 1", ());
        query.instrument(info_span!("request")).await.unwrap();
        let request = log.spans("request")[0].0;
        let call = &calls(&log)[before];
        assert_eq!((call.parent, call.level), (Some(request), Level::DEBUG));
        assert_eq!(call.field("class"), Some("read"));
        assert_eq!(call.field("database"), Some("test"));
        assert_eq!(call.field("outcome"), Some("ok"));
        for figure in ["waited_us", "ran_us"] {
            assert!(call.field(figure).unwrap().parse::<u64>().is_ok());
        }
        db.close().await.unwrap();
        assert!(calls(&log).iter().all(Told::is_closed));
    });
}

#[test]
fn spans_in_a_closure_are_within_the_calls() {
    in_own_process(
        "spans_in_a_closure_are_within_the_calls",
        |log| async move {
            let db = open().await;
            let tx = db.begin().await.unwrap();
            let inside = |_: &mut tidegate::Tx<'_>| {
                drop(info_span!("inside").entered());
                Ok(())
            };
            let within = |name: &'static str| info_span!("request", name);
            tx.run(inside).instrument(within("run")).await.unwrap();
            tx.commit().await.unwrap();
            db.write(inside).instrument(within("write")).await.unwrap();
            let read = db.read(|_| {
                let _inside = info_span!("inside").entered();
                Ok(())
            });
            read.instrument(within("read")).await.unwrap();
            let calls = log.spans("tidegate.call");
            let requests = log.spans("request");
            let around = |spans: &[(u64, Told)], parent: Option<u64>| {
                let found = spans.iter().find(|(id, _)| Some(*id) == parent);
                found.expect("a span around it").1.clone()
            };
            let names: Vec<_> = log
                .spans("inside")
                .into_iter()
                .map(|(_, inside)| around(&calls, inside.parent))
                .map(|call| around(&requests, call.parent))
                .map(|request| request.field("name").map(str::to_owned))
                .collect();
            assert_eq!(
                names,
                ["run", "write", "read"].map(|name| Some(name.to_owned()))
            );
        },
    );
}

#[test]
fn each_class_and_outcome_is_told() {
    in_own_process("each_class_and_outcome_is_told", |log| async move {
        let db = open().await;
        let told = |class: &str, outcome: &str| {
            assert_eq!(last(&log), (class.to_owned(), outcome.to_owned()));
        };
        told("write", "ok");
        let insert = "INSERT INTO t VALUES (1, 1)";
        db.execute(insert, ()).await.unwrap();
        db.execute(insert, ()).await.unwrap_err();
        told("write", "constraint");
        let hurried = db.query_scalar::<i64>(RUNAWAY, ());
        let hurried = hurried.deadline(Duration::from_millis(20));
        hurried.await.unwrap_err();
        told("read", "deadline");
        let late = db
            .query_scalar::<i64>("SELECT 1", ())
            .deadline(Duration::ZERO);
        late.await.unwrap_err();
        told("read", "deadline");
        let given_up = db.query_scalar::<i64>(RUNAWAY, ());
        tokio::time::timeout(Duration::from_millis(20), given_up)
            .await
            .unwrap_err();
        told("read", "cancelled");
        let mut rows = db.stream::<i64>("SELECT id FROM t", ());
        while rows.next().await.is_some() {}
        told("stream", "ok");
        db.checkpoint(CheckpointMode::Passive).await.unwrap();
        told("maintenance", "ok");
        let tx = db.begin().await.unwrap();
        told("transaction", "ok");
        tx.execute("DELETE FROM nothing", ()).await.unwrap_err();
        told("transaction", "query");
        tx.rollback().await.unwrap();
        db.close().await.unwrap();
        db.execute(insert, ()).await.unwrap_err();
        told("write", "closed");
    });
}

/// Uses a secret as a value wherever a value can be.
async fn use_secret(db: &TestDb) {
    let insert = "INSERT INTO t VALUES (?, ?)";
    let by_value = "SELECT id FROM t WHERE v = ?";
    db.execute(insert, (1, SECRET)).await.unwrap();
    db.execute(insert, (1, SECRET)).await.unwrap_err();
    db.execute("INSERT INTO t VALUES (?, ?)", (SECRET, SECRET))
        .await
        .unwrap_err();
    db.execute_many(insert, [(2, SECRET), (3, SECRET)])
        .await
        .unwrap();
    let batch = Batch::independent().execute(insert, (4, SECRET));
    db.batch(batch).await.unwrap();
    let ids: Vec<i64> = db.query(by_value, (SECRET,)).await.unwrap();
    assert_eq!(ids.len(), 4);
    db.query_one::<String>("SELECT v FROM t LIMIT 1", ())
        .await
        .unwrap();
    db.query_one::<i64>("SELECT v FROM t LIMIT 1", ())
        .await
        .unwrap_err();
    let mut rows = db.stream::<i64>(by_value, (SECRET,));
    while rows.next().await.is_some() {}
    let tx = db.begin().await.unwrap();
    tx.execute(insert, (5, SECRET)).await.unwrap();
    tx.run(|tx| tx.execute(insert, (6, SECRET))).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn no_value_is_ever_told() {
    in_own_process("no_value_is_ever_told", |log| async move {
        let db = open().await;
        use_secret(&db).await;
        db.close().await.unwrap();
        assert!(!log.text().contains(SECRET));
        assert!(!log.text().contains(&SECRET[..10]));
        assert!(calls(&log).len() > 10);
    });
}

#[test]
fn the_text_of_statements_is_told_at_trace_level_only() {
    let test = "the_text_of_statements_is_told_at_trace_level_only";
    in_own_process(test, |log| async move {
        let db = open().await;
        db.query_scalar::<i64>("SELECT 4711", ()).await.unwrap();
        let read = log.spans("tidegate.call").pop().expect("a call");
        let told: Vec<_> = log
            .events()
            .into_iter()
            .filter(|event| format!("{event:?}").contains("4711"))
            .collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].field("sql"), Some("SELECT 4711"));
        assert_eq!(
            (told[0].level, told[0].parent),
            (Level::TRACE, Some(read.0))
        );
        assert!(calls(&log).iter().all(|call| call.field("sql").is_none()));
    });
}

#[test]
fn opening_checkpoints_and_closing_are_told() {
    in_own_process(
        "opening_checkpoints_and_closing_are_told",
        |log| async move {
            let db = open_with(|options| options.name("ledger")).await;
            let opened = log.event("database opened").expect("told");
            assert_eq!(opened.field("database"), Some("ledger"));
            assert!(opened.field("path").unwrap().ends_with("test.db"));
            db.checkpoint(CheckpointMode::Full).await.unwrap();
            let done = log.event("checkpoint").expect("told");
            assert_eq!(
                (done.field("mode"), done.level),
                (Some("Full"), Level::DEBUG)
            );
            assert_eq!(done.field("database"), Some("ledger"));
            assert!(log.event("database closed").is_none());
            db.close().await.unwrap();
            assert!(log.event("database closed").is_some());
        },
    );
}

#[test]
fn a_long_wait_for_a_lock_is_told() {
    in_own_process("a_long_wait_for_a_lock_is_told", |log| async move {
        let db = open().await;
        let path = db.dir.path().join("test.db");
        let other = Options::new(path).name("other").open().await.unwrap();
        let holding = other.begin().await.unwrap();
        let waiting = tokio::spawn(db.execute("INSERT INTO t VALUES (1, 1)", ()));
        let told = eventually(&log, "still waiting for a lock").await;
        assert_eq!(
            (told.level, told.field("database")),
            (Level::WARN, Some("test"))
        );
        let waited: u64 = told.field("waited_us").unwrap().parse().unwrap();
        assert!(waited >= 100_000);
        holding.rollback().await.unwrap();
        waiting.await.unwrap().unwrap();
    });
}

#[test]
fn what_is_ended_for_its_age_is_told() {
    in_own_process("what_is_ended_for_its_age_is_told", |log| async move {
        let limit = Duration::from_millis(20);
        let db = open_with(|options| options.transaction_idle_limit(limit)).await;
        let tx = db.begin().await.unwrap();
        let told = eventually(&log, "a transaction was idle").await;
        assert_eq!(told.field("limit_us"), Some("20000"));
        tx.commit().await.unwrap_err();

        let db = open_with(|options| options.snapshot_max_age(limit).name("aged")).await;
        let ended = "a read was open for longer than snapshot_max_age";
        let error = db.query_scalar::<i64>(RUNAWAY, ()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline);
        let told = eventually(&log, ended).await;
        assert_eq!(told.field("database"), Some("aged"));
        let count = move |log: &Log| {
            let events = log.events();
            let is_it = |event: &&Told| event.field("message").unwrap().starts_with(ended);
            events.iter().filter(is_it).count()
        };
        let before = count(&log);
        let snapshot = db.snapshot().await.unwrap();
        let of_log = log.clone();
        let waiting =
            tokio::task::spawn_blocking(move || wait_until(AMPLE, || count(&of_log) > before));
        assert!(waiting.await.unwrap());
        drop(snapshot);
    });
}

#[test]
fn a_full_queue_and_a_repeated_group_are_told() {
    in_own_process(
        "a_full_queue_and_a_repeated_group_are_told",
        |log| async move {
            // The first member of the group is held up: that must not use up the group's time.
            let patient = Duration::from_secs(1);
            let db = open_with(|options| options.writer_queue(1).group_max_time(patient)).await;
            let (go, gone) = mpsc::channel::<()>();
            let (running, is_running) = mpsc::channel();
            let first = tokio::spawn(db.write(move |tx| {
                running.send(()).expect("the test waits");
                gone.recv().expect("the test goes on");
                tx.execute("INSERT INTO t VALUES (1, 1)", ())
            }));
            tokio::task::spawn_blocking(move || is_running.recv())
                .await
                .unwrap()
                .expect("it runs");
            let undoes_all = "INSERT OR ROLLBACK INTO t VALUES (1, 1)";
            let second = tokio::spawn(db.execute(undoes_all, ()));
            let third = tokio::spawn(db.execute("INSERT INTO t VALUES (3, 3)", ()));
            let full = eventually(&log, "queue full").await;
            assert_eq!(
                (full.level, full.field("class")),
                (Level::DEBUG, Some("write"))
            );
            go.send(()).unwrap();
            first.await.unwrap().unwrap();
            second.await.unwrap().unwrap_err();
            third.await.unwrap().unwrap();
            let told = eventually(&log, "a failed call took its group's").await;
            assert_eq!((told.level, told.field("jobs")), (Level::DEBUG, Some("1")));
        },
    );
}

#[test]
fn a_subscriber_is_told_no_more_than_it_wants() {
    let test = "a_subscriber_is_told_no_more_than_it_wants";
    in_own_process_up_to(Level::INFO, test, |log| async move {
        let limit = Duration::from_millis(20);
        let db = open_with(|options| options.transaction_idle_limit(limit)).await;
        let tx = db.begin().await.unwrap();
        eventually(&log, "a transaction was idle").await;
        drop(tx);
        db.close().await.unwrap();
        assert!(calls(&log).is_empty());
        assert_eq!(log.events().len(), 1, "{}", log.text());
    });
}
