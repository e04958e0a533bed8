//! Watched queries: what makes them run again, and that nothing is missed.

use std::time::Duration;

use tidegate::{Database, ErrorKind, Options, Synchronous, Watch};

use crate::support::{TestDb, open, open_with};

/// Far more than a run takes; only a failing test waits as long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longer than the writer takes to look for commits of others.
const QUIET: Duration = Duration::from_millis(300);

async fn next(watch: &mut Watch<i64>) -> Vec<i64> {
    let item = tokio::time::timeout(PATIENCE, watch.next()).await;
    item.expect("a result in time")
        .expect("the watch goes on")
        .expect("rows")
}

/// Takes results until one is `expected`.
async fn until(watch: &mut Watch<i64>, expected: &[i64]) {
    let mut last = Vec::new();
    let settled = tokio::time::timeout(PATIENCE, async {
        while last != expected {
            last = next(watch).await;
        }
    });
    assert!(settled.await.is_ok(), "{last:?} stays, not {expected:?}");
}

/// Takes what still comes; the number of results.
async fn drain(watch: &mut Watch<i64>) -> usize {
    let mut results = 0;
    while tokio::time::timeout(QUIET, watch.next()).await.is_ok() {
        results += 1;
    }
    results
}

const SCHEMA: &str = "
    CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER UNIQUE);
    CREATE TABLE b (id INTEGER PRIMARY KEY, n INTEGER);
    CREATE TABLE log (n INTEGER);
    CREATE TABLE \"odd name\" (n INTEGER);
    CREATE TABLE plain (k TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
    CREATE TABLE child (a INTEGER REFERENCES a(id) ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE TABLE loose (a INTEGER REFERENCES a(id) ON DELETE SET NULL ON UPDATE CASCADE);
    CREATE VIEW v AS SELECT n FROM a WHERE n > 0;
    CREATE VIEW w AS SELECT n FROM v;
    CREATE TRIGGER a_logs AFTER UPDATE ON a BEGIN INSERT INTO log VALUES (NEW.n); END;
    CREATE TRIGGER w_writes INSTEAD OF INSERT ON w BEGIN INSERT INTO a (n) VALUES (NEW.n); END;
    CREATE VIRTUAL TABLE words USING fts5(word);
    INSERT INTO a VALUES (1, 10), (2, 20);
    INSERT INTO child VALUES (1), (2);
    INSERT INTO loose VALUES (1), (2);
    INSERT INTO plain VALUES ('x', 1);
";

/// What is watched, what is written, and the rows after it.
const CASES: &[(&str, &str, &[i64])] = &[
    (
        "SELECT n FROM a ORDER BY n",
        "INSERT INTO a (n) VALUES (30)",
        &[10, 20, 30],
    ),
    (
        "SELECT n FROM A ORDER BY n",
        "INSERT INTO a (n) VALUES (30)",
        &[10, 20, 30],
    ),
    (
        "SELECT n FROM a ORDER BY n",
        "INSERT INTO A (N) VALUES (30)",
        &[10, 20, 30],
    ),
    (
        "SELECT n FROM a ORDER BY n",
        "UPDATE a SET n = n + 1",
        &[11, 21],
    ),
    (
        "SELECT n FROM a ORDER BY n",
        "DELETE FROM a WHERE n = 10",
        &[20],
    ),
    ("SELECT n FROM a", "DELETE FROM a", &[]),
    (
        "SELECT id FROM a ORDER BY id",
        "REPLACE INTO a VALUES (3, 10)",
        &[2, 3],
    ),
    (
        "SELECT n FROM a ORDER BY n",
        "INSERT INTO a VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET n = excluded.n",
        &[5, 20],
    ),
    (
        "SELECT count(*) FROM a",
        "INSERT INTO a (n) VALUES (30)",
        &[3],
    ),
    ("SELECT count(*) FROM Plain", "DELETE FROM pLaIn", &[0]),
    (
        "SELECT EXISTS (SELECT 1 FROM log)",
        "INSERT INTO log VALUES (1)",
        &[1],
    ),
    (
        "WITH c AS (SELECT n FROM a JOIN b USING (n)) SELECT n FROM c",
        "INSERT INTO b (n) VALUES (20)",
        &[20],
    ),
    (
        "SELECT n FROM \"odd name\"",
        "INSERT INTO [odd name] VALUES (7)",
        &[7],
    ),
    (
        "SELECT n FROM plain ORDER BY n",
        "INSERT INTO plain VALUES ('y', 2)",
        &[1, 2],
    ),
    ("SELECT n FROM plain", "UPDATE plain SET n = 9", &[9]),
    ("SELECT n FROM plain", "DELETE FROM plain", &[]),
    (
        "SELECT n FROM v ORDER BY n",
        "INSERT INTO a (n) VALUES (30)",
        &[10, 20, 30],
    ),
    (
        "SELECT n FROM w ORDER BY n",
        "DELETE FROM a WHERE n = 20",
        &[10],
    ),
    (
        "SELECT n FROM a ORDER BY n",
        "INSERT INTO w VALUES (30)",
        &[10, 20, 30],
    ),
    (
        "SELECT n FROM log",
        "UPDATE a SET n = 11 WHERE n = 10",
        &[11],
    ),
    ("SELECT a FROM child", "DELETE FROM a WHERE id = 1", &[2]),
    (
        "SELECT a FROM child ORDER BY a",
        "UPDATE a SET id = 5 WHERE id = 1",
        &[2, 5],
    ),
    (
        "SELECT count(*) FROM loose WHERE a IS NULL",
        "DELETE FROM a",
        &[2],
    ),
    (
        "SELECT count(*) FROM words WHERE words MATCH 'hello'",
        "INSERT INTO words VALUES ('hello')",
        &[1],
    ),
    (
        "SELECT count(*) FROM pragma_table_info('b')",
        "ALTER TABLE b ADD COLUMN m",
        &[3],
    ),
    (
        "SELECT count(*) FROM sqlite_schema WHERE name = 'b'",
        "DROP TABLE b",
        &[0],
    ),
    (
        "SELECT count(*) FROM sqlite_schema WHERE name = 'new'",
        "CREATE TABLE new (n)",
        &[1],
    ),
    (
        "SELECT n FROM w",
        "DROP VIEW v; CREATE VIEW v AS SELECT n FROM b; INSERT INTO b (n) VALUES (3)",
        &[3],
    ),
];

/// Many small databases need no sync each.
async fn open_unsynced() -> TestDb {
    open_with(|options| options.synchronous(Synchronous::Normal)).await
}

async fn check_all(open: impl AsyncFn() -> TestDb, write: impl AsyncFn(&TestDb, &'static str)) {
    for (query, change, expected) in CASES {
        let db = open().await;
        db.execute_batch(SCHEMA).await.unwrap();
        let mut watch = db.watch::<i64>(*query, ());
        let before = next(&mut watch).await;
        assert_ne!(&before, expected, "{query}");
        write(&db, change).await;
        eprintln!("{query} after {change}");
        until(&mut watch, expected).await;
    }
}

#[tokio::test]
async fn every_way_to_change_a_table_is_noticed() {
    check_all(open_unsynced, async |db, change| {
        db.execute_batch(change).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn it_is_in_memory_too() {
    let in_memory = async || TestDb {
        db: Options::memory().open().await.unwrap(),
        dir: tempfile::tempdir().unwrap(),
    };
    check_all(in_memory, async |db, change| {
        db.execute_batch(change).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn it_is_beside_a_subscriber_who_sees_rows_one_by_one() {
    check_all(open_unsynced, async |db, change| {
        let _changes = db.changes();
        db.execute_batch(change).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_interactive_transaction_is_noticed_when_it_commits() {
    check_all(open_unsynced, async |db, change| {
        let tx = db.begin().await.unwrap();
        tx.execute_batch(change).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn another_connection_to_the_file_is_noticed() {
    check_all(open_unsynced, async |db, change| {
        let other = rusqlite::Connection::open(db.dir.path().join("test.db")).unwrap();
        other.pragma_update(None, "foreign_keys", "ON").unwrap();
        other
            .execute_batch(&format!("BEGIN; {change}; COMMIT"))
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn another_handle_is_noticed() {
    let db = open().await;
    let other = Database::open(db.dir.path().join("test.db")).await.unwrap();
    let mut watch = db.watch::<i64>("SELECT id FROM t ORDER BY id", ());
    until(&mut watch, &[]).await;
    for id in 1..=3 {
        other
            .execute("INSERT INTO t VALUES (?, 0)", (id,))
            .await
            .unwrap();
        until(&mut watch, &(1..=id).collect::<Vec<_>>()).await;
    }
}

#[tokio::test]
async fn single_calls_of_every_kind_are_noticed() {
    let db = open().await;
    let mut watch = db.watch::<i64>("SELECT count(*) FROM t", ());
    until(&mut watch, &[0]).await;
    db.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    until(&mut watch, &[1]).await;
    db.execute_many("INSERT INTO t VALUES (?, 1)", [(2,), (3,)])
        .await
        .unwrap();
    until(&mut watch, &[3]).await;
    db.write(|tx| tx.execute("INSERT INTO t VALUES (4, 1)", ()))
        .await
        .unwrap();
    until(&mut watch, &[4]).await;
    db.query::<i64>("INSERT INTO t VALUES (5, 1) RETURNING id", ())
        .await
        .unwrap();
    until(&mut watch, &[5]).await;
}

#[tokio::test]
async fn parameters_serve_every_run() {
    let db = open().await;
    let mut watch = db.watch::<i64>("SELECT id FROM t WHERE v = ?1 ORDER BY id", ("mine",));
    until(&mut watch, &[]).await;
    for id in 1..=3 {
        let owner = if id == 2 { "yours" } else { "mine" };
        db.execute("INSERT INTO t VALUES (?, ?)", (id, owner))
            .await
            .unwrap();
    }
    until(&mut watch, &[1, 3]).await;
}

#[tokio::test]
async fn what_is_not_read_does_not_count() {
    let db = open().await;
    db.execute("CREATE TABLE u (id)", ()).await.unwrap();
    let mut watch = db.watch::<i64>("SELECT id FROM t", ());
    drain(&mut watch).await;
    db.execute("INSERT INTO u VALUES (1)", ()).await.unwrap();
    let rolled_back = db.write::<(), _>(|_| Err(tidegate::Error::application("no")));
    rolled_back.await.unwrap_err();
    assert_eq!(drain(&mut watch).await, 0);
}

#[tokio::test]
async fn commits_while_the_consumer_is_busy_lead_to_one_run() {
    let db = open().await;
    let mut watch = db.watch::<i64>("SELECT count(*) FROM t", ());
    drain(&mut watch).await;
    for id in 0..50 {
        db.execute("INSERT INTO t VALUES (?, 0)", (id,))
            .await
            .unwrap();
    }
    assert_eq!(next(&mut watch).await, [50]);
    assert!(drain(&mut watch).await <= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_quiet_the_last_result_holds_every_commit() {
    let db = open_with(|options| options.readers(2)).await;
    for round in 0..20 {
        let mut watch = db.watch::<i64>("SELECT count(*) FROM t", ());
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let db = db.db.clone();
                tokio::spawn(async move {
                    for n in 0..10 {
                        let id = round * 100 + writer * 10 + n;
                        db.execute("INSERT INTO t VALUES (?, 0)", (id,))
                            .await
                            .unwrap();
                    }
                })
            })
            .collect();
        // Read meanwhile, so that runs and commits overlap.
        until(&mut watch, &[(round + 1) * 40]).await;
        for writer in writers {
            writer.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_transaction_that_wrote_before_the_watch_began_is_not_missed() {
    let db = open().await;
    for round in 1..=5 {
        let tx = db.begin().await.unwrap();
        tx.execute("INSERT INTO t VALUES (?, 0)", (round,))
            .await
            .unwrap();
        let mut watch = db.watch::<i64>("SELECT count(*) FROM t", ());
        assert_eq!(next(&mut watch).await, [round - 1]);
        tx.commit().await.unwrap();
        until(&mut watch, &[round]).await;
    }
}

#[tokio::test]
async fn several_watches_see_the_same_commits() {
    let db = open().await;
    let mut watches: Vec<_> = (0..10)
        .map(|_| db.watch::<i64>("SELECT count(*) FROM t", ()))
        .collect();
    for watch in &mut watches {
        until(watch, &[0]).await;
    }
    watches.truncate(5);
    db.execute("INSERT INTO t VALUES (1, 0)", ()).await.unwrap();
    for watch in &mut watches {
        until(watch, &[1]).await;
    }
}

#[tokio::test]
async fn a_watch_ends_when_the_database_closes() {
    let db = open().await;
    let mut closed = db.watch::<i64>("SELECT id FROM t", ());
    let mut waiting = db.watch::<i64>("SELECT id FROM t", ());
    drain(&mut closed).await;
    drain(&mut waiting).await;
    let end = async { while waiting.next().await.is_some() {} };
    let (_, result) = tokio::join!(end, db.close());
    result.unwrap();
    assert!(closed.next().await.is_none());
    assert!(closed.next().await.is_none());
    assert!(
        db.watch::<i64>("SELECT id FROM t", ())
            .next()
            .await
            .is_none()
    );
}

#[tokio::test]
async fn a_watch_does_not_keep_the_database_open() {
    let TestDb { db, dir } = open().await;
    let mut watch = db.watch::<i64>("SELECT id FROM t", ());
    drain(&mut watch).await;
    drop(db);
    let ended = tokio::time::timeout(PATIENCE, watch.next()).await;
    assert!(ended.expect("ends").is_none());
    drop(dir);
}

#[tokio::test]
async fn errors_are_items_and_the_watch_goes_on() {
    let db = open().await;
    let mut watch = db.watch::<i64>("SELECT n FROM later", ());
    let error = watch.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Query);
    db.execute_batch("CREATE TABLE later (n); INSERT INTO later VALUES (1)")
        .await
        .unwrap();
    let healed = tokio::time::timeout(PATIENCE, async {
        while !watch.next().await.unwrap().is_ok_and(|rows| rows == [1]) {}
    });
    healed.await.expect("the table is seen");
    for (sql, kind) in [
        ("DELETE FROM t", ErrorKind::ReadOnly),
        ("SELECT ?", ErrorKind::Misuse),
        ("SELECT 'text'", ErrorKind::Conversion),
    ] {
        let error = db.watch::<i64>(sql, ()).next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), kind, "{sql}");
    }
}

#[tokio::test]
async fn parameters_that_cannot_be_stored_end_the_watch() {
    let db = open().await;
    let mut watch = db.watch::<i64>("SELECT ?", (u64::MAX,));
    assert_eq!(
        watch.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::Conversion
    );
    assert!(watch.next().await.is_none());
}

#[tokio::test]
async fn a_run_past_its_deadline_is_told_and_tried_again() {
    let db = open().await;
    let endless =
        "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c, t";
    let mut watch = db
        .watch::<i64>(endless, ())
        .deadline(Duration::from_millis(30));
    db.execute("INSERT INTO t VALUES (1, 0)", ()).await.unwrap();
    for _ in 0..3 {
        let error = watch.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline);
    }
}

#[tokio::test]
async fn dropping_a_watch_stops_its_run() {
    let db = open_with(|options| options.readers(1)).await;
    let endless =
        "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c";
    let mut watch = db.watch::<i64>(endless, ());
    assert!(
        tokio::time::timeout(Duration::from_millis(20), watch.next())
            .await
            .is_err()
    );
    drop(watch);
    let free = tokio::time::timeout(PATIENCE, db.query_scalar::<i64>("SELECT 1", ()));
    assert_eq!(free.await.unwrap().unwrap(), 1);
}
