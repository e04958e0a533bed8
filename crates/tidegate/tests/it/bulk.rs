//! Many rows of one statement do what the same statement does when it is run for each of them.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream;
use tidegate::{ChangeEvent, Changes, Database, ErrorKind, Tx};

use crate::support::{TestDb, count, open};

/// More than are logged one by one for the group commit.
const ROWS: i64 = 300;
/// Where some rows stand that cannot be, far beyond the first ones.
const BAD: i64 = 200;

const SETUP: &str = "
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 400) INSERT INTO t SELECT i * 2, 'old' FROM n;
    CREATE TABLE log (id INTEGER PRIMARY KEY, of INTEGER);
    CREATE TRIGGER logged AFTER UPDATE ON t BEGIN INSERT INTO log (of) VALUES (new.id); END;
    CREATE VIEW v AS SELECT id, v FROM t;
    CREATE TRIGGER through INSTEAD OF INSERT ON v BEGIN UPDATE t SET v = new.v WHERE id = new.id; END;
    CREATE TABLE small (id INTEGER PRIMARY KEY, v CHECK (id <> 200));";

/// How a call ended: rows changed, or the error's kind and the row it names.
type Ended = Result<u64, (ErrorKind, Option<usize>)>;

/// What somebody sees afterwards: all tables, and the rows that the change stream told of.
type Seen = (Vec<(i64, Option<String>)>, Vec<(i64, i64)>, Vec<i64>);

async fn prepared() -> TestDb {
    let db = open().await;
    db.execute_batch(SETUP).await.unwrap();
    db
}

/// What each row is given: its number, twice for statements of two parameters.
fn one_by_one(
    tx: &mut Tx<'_>,
    sql: &str,
    takes_two: bool,
) -> Result<u64, (usize, tidegate::Error)> {
    let mut changed = 0;
    for row in 0..ROWS {
        let done = match takes_two {
            true => tx.execute(sql, (row, format!("row {row}"))),
            false => tx.execute(sql, (row,)),
        };
        changed += done.map_err(|error| (row as usize, error))?;
    }
    Ok(changed)
}

fn all_at_once(tx: &mut Tx<'_>, sql: &str, takes_two: bool) -> tidegate::Result<u64> {
    match takes_two {
        true => tx.execute_many(sql, (0..ROWS).map(|row| (row, format!("row {row}")))),
        false => tx.execute_many(sql, (0..ROWS).map(|row| (row,))),
    }
}

/// The rows of all commits so far.
fn told(changes: Changes) -> Vec<i64> {
    let mut changes = pin!(changes);
    let mut rows = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(event)) = changes.as_mut().poll_next(&mut context) {
        match event {
            ChangeEvent::Committed(set) => rows.extend(set.changes.iter().map(|row| row.rowid)),
            ChangeEvent::Lagged(missed) => panic!("{missed} commits were missed"),
        }
    }
    rows
}

async fn seen(db: &Database, changes: Option<Changes>) -> Seen {
    let union = "SELECT id, v FROM t UNION ALL SELECT id, v FROM small ORDER BY 1, 2";
    let rows = db.query(union, ()).await.unwrap();
    let log = db.query("SELECT id, of FROM log ORDER BY id", ()).await;
    (rows, log.unwrap(), changes.map(told).unwrap_or_default())
}

async fn check(sql: &'static str, expected: Ended) {
    let takes_two = sql.contains("?2");
    for is_heard in [false, true] {
        let (single, many) = (prepared().await, prepared().await);
        let subscribe = |db: &TestDb| is_heard.then(|| db.changes());
        let (of_single, of_many) = (subscribe(&single), subscribe(&many));
        let by_one = single.write(move |tx| {
            one_by_one(tx, sql, takes_two)
                .map_err(|(item, error)| tidegate::Error::application(Failed(item, error.kind())))
        });
        let by_one: Ended = by_one.await.map_err(|error| {
            let failed = error.downcast::<Failed>().unwrap();
            (failed.1, Some(failed.0))
        });
        let at_once = many.write(move |tx| all_at_once(tx, sql, takes_two)).await;
        let at_once: Ended = at_once.map_err(|error| (error.kind(), error.item()));
        assert_eq!(by_one, expected, "{sql}, one by one");
        assert_eq!(at_once, expected, "{sql}, at once");
        let (left, right) = (seen(&single, of_single).await, seen(&many, of_many).await);
        assert_eq!(left, right, "{sql}, heard: {is_heard}");
    }
}

#[derive(Debug)]
struct Failed(usize, ErrorKind);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}: {:?}", self.0, self.1)
    }
}

impl std::error::Error for Failed {}

#[tokio::test]
async fn statements_of_every_kind_do_for_many_rows_what_they_do_for_each() {
    let constraint = Err((ErrorKind::Constraint, Some(BAD as usize)));
    let cases: [(&str, Ended); 13] = [
        ("INSERT INTO small VALUES (?1 + 1000, ?2)", Ok(300)),
        ("INSERT OR IGNORE INTO t VALUES (?1, ?2)", Ok(150)),
        ("INSERT OR REPLACE INTO t VALUES (?1, ?2)", Ok(300)),
        (
            "INSERT INTO t VALUES (?1, ?2) ON CONFLICT DO UPDATE SET v = excluded.v",
            Ok(300),
        ),
        ("UPDATE t SET v = ?2 WHERE id = ?1", Ok(150)),
        ("UPDATE t SET v = 'all' WHERE id < ?1 / 100", Ok(200)),
        ("DELETE FROM t WHERE id BETWEEN ?1 AND ?1 + 1", Ok(151)),
        ("INSERT INTO v VALUES (?1, ?2)", Ok(0)),
        ("INSERT INTO small VALUES (?1, ?2) RETURNING id", constraint),
        ("INSERT INTO small VALUES (?1, ?2)", constraint),
        ("INSERT OR FAIL INTO small VALUES (?1, ?2)", constraint),
        ("INSERT OR ROLLBACK INTO small VALUES (?1, ?2)", constraint),
        ("SELECT count(*) FROM t WHERE id < ?1", Ok(0)),
    ];
    for (sql, expected) in cases {
        check(sql, expected).await;
    }
}

#[tokio::test]
async fn a_row_far_behind_that_cannot_be_bound_undoes_all_and_is_named() {
    let db = open().await;
    let insert = "INSERT INTO t VALUES (?, ?)";
    let too_few = (0..ROWS).map(|row| match row == BAD {
        true => tidegate::params![row],
        false => tidegate::params![row, "v"],
    });
    let unstorable = (0..ROWS).map(|row| match row == BAD {
        true => (u64::MAX, "v"),
        false => (row as u64, "v"),
    });
    let errors = [
        (db.execute_many(insert, too_few).await, ErrorKind::Misuse),
        (
            db.execute_many(insert, unstorable).await,
            ErrorKind::Conversion,
        ),
    ];
    for (ended, kind) in errors {
        let error = ended.unwrap_err();
        assert_eq!((error.kind(), error.item()), (kind, Some(BAD as usize)));
    }
    assert_eq!(count(&db).await, 0);
    let all = db.execute_many(insert, (0..ROWS).map(|row| (row, "v")));
    assert_eq!(all.await.unwrap(), ROWS as u64);
}

#[tokio::test]
async fn a_deadline_ends_rows_without_an_end() {
    let db = open().await;
    let endless = (0..).map(|row: i64| (row, "v"));
    let insert = db.execute_many("INSERT INTO t VALUES (?, ?)", endless);
    let error = insert
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_closure_that_goes_on_after_a_failed_row_keeps_the_rows_before_it() {
    let db = prepared().await;
    let (ended, rowid) = db
        .write(|tx| {
            let insert = "INSERT INTO small VALUES (?1, ?2)";
            let ended = all_at_once(tx, insert, true).map_err(|error| error.item());
            let rowid: i64 = tx.query_scalar("SELECT last_insert_rowid()", ())?;
            Ok((ended, rowid))
        })
        .await
        .unwrap();
    assert_eq!((ended, rowid), (Err(Some(BAD as usize)), BAD - 1));
    let kept: i64 = db
        .query_scalar("SELECT count(*) FROM small", ())
        .await
        .unwrap();
    assert_eq!(kept, BAD);
}
