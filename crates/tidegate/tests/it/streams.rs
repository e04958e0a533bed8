//! Streams of rows: order, back-pressure, and what ends them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Deserializer};
use tidegate::{CancelToken, Database, Error, ErrorKind, RowStream};

use crate::support::{TestDb, count, open, open_with};

const ENDLESS: &str =
    "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
const SILENT: &str =
    "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c WHERE x < 0";
/// Far more than any scheduling delay, far less than what a stuck call would take.
const SOON: Duration = Duration::from_secs(3);

async fn one_reader() -> TestDb {
    open_with(|options| options.readers(1)).await
}

async fn fill(db: &Database, rows: i64) {
    db.execute(
        "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < ?)
         INSERT INTO t SELECT x, 'row ' || x FROM c",
        (rows,),
    )
    .await
    .unwrap();
}

/// Takes all rows, and the error that ended them.
async fn drain<T>(mut stream: RowStream<T>) -> (Vec<T>, Option<Error>)
where
    T: serde::de::DeserializeOwned + Send + 'static,
{
    let mut rows = Vec::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(row) => rows.push(row),
            Err(error) => {
                assert!(stream.next().await.is_none(), "an error is the last item");
                return (rows, Some(error));
            }
        }
    }
    (rows, None)
}

/// The only reader serves the next call at once.
async fn assert_reader_is_free(db: &Database) {
    let began = Instant::now();
    count(db).await;
    assert!(began.elapsed() < SOON);
    assert_eq!(db.stats().read_lane.in_flight, 0);
}

/// As above, and every stream so far has been counted with its outcome.
async fn assert_free(db: &Database) {
    assert_reader_is_free(db).await;
    let stats = db.stats();
    let stream = &stats.calls.stream;
    assert_eq!(stream.in_flight, 0);
    assert_eq!(stream.started, stream.succeeded + stream.errors.total());
}

#[tokio::test]
async fn rows_come_in_order_and_in_bounded_chunks() {
    let db = one_reader().await;
    fill(&db, 10_000).await;
    let (rows, error) =
        drain(db.stream::<(i64, String)>("SELECT id, v FROM t ORDER BY id", ())).await;
    assert!(error.is_none());
    assert!(rows.iter().map(|row| row.0).eq(1..=10_000));
    assert_eq!(rows[41].1, "row 42");

    let mut stream = db.stream::<i64>("SELECT id FROM t", ());
    let mut taken = 0;
    while let Some(chunk) = stream.next_chunk().await {
        let chunk = chunk.unwrap();
        assert!((1..=256).contains(&chunk.len()));
        taken += chunk.len();
    }
    assert_eq!(taken, 10_000);
    assert_free(&db).await;
}

#[tokio::test]
async fn a_chunk_of_long_rows_is_short() {
    let db = open().await;
    let mut stream = db.stream::<Vec<u8>>(
        "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < 100)
         SELECT zeroblob(20000) FROM c",
        (),
    );
    let chunk = stream.next_chunk().await.unwrap().unwrap();
    assert!(chunk.len() <= 4, "{} rows of 20,000 bytes", chunk.len());
}

#[tokio::test]
async fn rows_taken_one_by_one_and_by_chunk_mix() {
    let db = open().await;
    fill(&db, 1_000).await;
    let mut stream = db.stream::<i64>("SELECT id FROM t ORDER BY id", ());
    let mut rows = vec![stream.next().await.unwrap().unwrap()];
    while let Some(chunk) = stream.next_chunk().await {
        rows.extend(chunk.unwrap());
        rows.extend(stream.next().await.map(Result::unwrap));
    }
    assert!(rows.into_iter().eq(1..=1_000));
}

#[tokio::test]
async fn no_more_is_read_than_the_consumer_has_room_for() {
    static DECODED: AtomicUsize = AtomicUsize::new(0);
    struct Counted;
    impl<'de> Deserialize<'de> for Counted {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            i64::deserialize(deserializer)?;
            DECODED.fetch_add(1, Ordering::SeqCst);
            Ok(Self)
        }
    }
    let db = open_with(|options| options.readers(2)).await;
    let mut stream = db.stream::<Counted>(ENDLESS, ());
    assert!(stream.next().await.unwrap().is_ok());
    for _ in 0..100 {
        count(&db).await;
        // The chunk taken, two ahead, and the one that waits for room.
        assert!(DECODED.load(Ordering::SeqCst) <= 4 * 256);
    }
}

#[tokio::test]
async fn a_stream_that_is_never_polled_does_nothing() {
    let db = one_reader().await;
    drop(db.stream::<i64>(ENDLESS, ()));
    assert_eq!(db.stats().calls.stream.started, 0);
    assert_free(&db).await;
}

#[tokio::test]
async fn dropping_a_stream_stops_its_statement_where_it_is() {
    let db = one_reader().await;
    // Running and silent; waiting for room; between two chunks.
    for (sql, rows) in [(SILENT, 0), (ENDLESS, 1), (ENDLESS, 1_000)] {
        let mut stream = db.stream::<i64>(sql, ());
        for _ in 0..rows {
            stream.next().await.unwrap().unwrap();
        }
        if rows == 0 {
            let silent = tokio::time::timeout(Duration::from_millis(20), stream.next()).await;
            assert!(silent.is_err());
        }
        drop(stream);
        assert_free(&db).await;
    }
    assert_eq!(db.stats().calls.stream.cancelled, 3);
}

#[tokio::test]
async fn a_queued_stream_that_is_dropped_never_runs() {
    let db = one_reader().await;
    let mut first = db.stream::<i64>(ENDLESS, ());
    first.next().await.unwrap().unwrap();
    let mut second = db.stream::<i64>(ENDLESS, ());
    let waiting = tokio::time::timeout(Duration::from_millis(20), second.next()).await;
    assert!(waiting.is_err());
    drop(second);
    assert_eq!(db.stats().read_lane.queued, 0);
    drop(first);
    assert_free(&db).await;
}

#[tokio::test]
async fn a_dropped_stream_holds_no_snapshot() {
    let db = one_reader().await;
    fill(&db, 5_000).await;
    let mut stream = db.stream::<i64>("SELECT id FROM t", ());
    stream.next().await.unwrap().unwrap();
    let other = rusqlite::Connection::open(db.dir.path().join("test.db")).unwrap();
    other.busy_timeout(Duration::from_millis(50)).unwrap();
    let truncate = || -> i64 {
        other
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .unwrap()
    };
    db.execute("DELETE FROM t", ()).await.unwrap();
    assert_eq!(truncate(), 1, "the stream's rows are still in the log");
    drop(stream);
    assert_free(&db).await;
    assert_eq!(truncate(), 0);
}

#[tokio::test]
async fn after_its_end_a_stream_stays_ended() {
    let db = one_reader().await;
    let mut stream = db.stream::<i64>("SELECT 1", ());
    assert_eq!(stream.next().await.unwrap().unwrap(), 1);
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
    assert!(stream.next_chunk().await.is_none());
    assert_free(&db).await;
    drop(stream);
    assert_eq!(db.stats().calls.stream.succeeded, 1);
}

#[tokio::test]
async fn the_deadline_ends_a_stream_that_is_silent_or_whose_consumer_is_slow() {
    let db = one_reader().await;
    let limit = Duration::from_millis(50);
    let began = Instant::now();
    let (rows, error) = drain(db.stream::<i64>(SILENT, ()).deadline(limit)).await;
    assert_eq!(
        (rows.len(), error.unwrap().kind()),
        (0, ErrorKind::Deadline)
    );
    assert!(began.elapsed() < SOON);

    let limit = 4 * limit;
    let mut slow = db.stream::<i64>(ENDLESS, ()).deadline(limit);
    slow.next().await.unwrap().unwrap();
    tokio::time::sleep(2 * limit).await;
    assert_reader_is_free(&db).await;
    let (rows, error) = drain(slow).await;
    assert!(rows.len() < 4 * 256);
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.timing().is_some());
}

#[tokio::test]
async fn a_deadline_set_midway_holds() {
    let db = one_reader().await;
    let mut stream = db.stream::<i64>(ENDLESS, ());
    stream.next().await.unwrap().unwrap();
    let (_, error) = drain(stream.deadline(Duration::from_millis(30))).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::Deadline);
    assert_free(&db).await;
}

#[tokio::test]
async fn a_deadline_that_passes_in_the_queue_is_told() {
    let db = one_reader().await;
    let mut first = db.stream::<i64>(ENDLESS, ());
    first.next().await.unwrap().unwrap();
    let second = db
        .stream::<i64>("SELECT 1", ())
        .deadline(Duration::from_millis(30));
    let (_, error) = drain(second).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::Deadline);
}

#[tokio::test]
async fn the_default_deadline_bounds_the_wait_for_a_reader_only() {
    let limit = Duration::from_millis(300);
    let db = open_with(|options| options.readers(1).default_deadline(limit)).await;
    let mut first = db.stream::<i64>(ENDLESS, ());
    first.next().await.unwrap().unwrap();
    let (_, error) = drain(db.stream::<i64>("SELECT 1", ())).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::Deadline);
    tokio::time::sleep(limit).await;
    for _ in 0..2_000 {
        first.next().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn the_maximum_age_of_snapshots_holds_for_streams_and_says_so() {
    let limit = Duration::from_millis(60);
    let db = open_with(|options| options.readers(1).snapshot_max_age(limit)).await;
    let (_, error) = drain(db.stream::<i64>(SILENT, ())).await;
    let running = error.unwrap();
    let mut slow = db.stream::<i64>(ENDLESS, ()).deadline(Duration::MAX);
    slow.next().await.unwrap().unwrap();
    tokio::time::sleep(2 * limit).await;
    assert_reader_is_free(&db).await;
    let (_, error) = drain(slow).await;
    for error in [running, error.unwrap()] {
        assert_eq!(error.kind(), ErrorKind::Deadline);
        assert!(error.to_string().contains("snapshot_max_age"), "{error}");
    }
}

#[tokio::test]
async fn a_token_ends_a_stream() {
    let db = one_reader().await;
    let token = CancelToken::new();
    let mut stream = db.stream::<i64>(ENDLESS, ()).cancel(&token);
    stream.next().await.unwrap().unwrap();
    token.cancel();
    let (rows, error) = drain(stream).await;
    assert!(rows.len() < 4 * 256);
    assert_eq!(error.unwrap().kind(), ErrorKind::Cancelled);
    let (_, error) = drain(db.stream::<i64>("SELECT 1", ()).cancel(&token)).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::Cancelled);
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn closing_waits_for_a_stream_and_then_ends_it() {
    let db = one_reader().await;
    fill(&db, 1_000).await;
    let mut finishing = db.stream::<i64>("SELECT id FROM t", ());
    finishing.next().await.unwrap().unwrap();
    let (closed, (rows, error)) = tokio::join!(db.close(), drain(finishing));
    closed.unwrap();
    assert_eq!(rows.len(), 999);
    assert!(error.is_none());

    let db = one_reader().await;
    let mut stuck = db.stream::<i64>(ENDLESS, ());
    stuck.next().await.unwrap().unwrap();
    let began = Instant::now();
    db.close().timeout(Duration::from_millis(50)).await.unwrap();
    assert!(began.elapsed() < SOON);
    let (_, error) = drain(stuck).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::Closed);
    let (_, error) = drain(db.stream::<i64>("SELECT 1", ())).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn what_a_stream_cannot_do_is_its_only_item() {
    let db = one_reader().await;
    for (sql, kind) in [
        (
            "INSERT INTO t VALUES (1, 1) RETURNING id",
            ErrorKind::ReadOnly,
        ),
        ("DELETE FROM t", ErrorKind::ReadOnly),
        ("CREATE TABLE u (id)", ErrorKind::ReadOnly),
        ("SELECT nothing FROM t", ErrorKind::Query),
        ("SELECT 1; SELECT 2", ErrorKind::Misuse),
        ("SELECT ?", ErrorKind::Misuse),
        ("-- nothing", ErrorKind::Misuse),
        ("BEGIN", ErrorKind::Misuse),
    ] {
        let (rows, error) = drain(db.stream::<i64>(sql, ())).await;
        assert_eq!(
            (rows.len(), error.map(|error| error.kind())),
            (0, Some(kind)),
            "{sql}"
        );
        assert_free(&db).await;
    }
    let memory = Database::open_in_memory().await.unwrap();
    let (_, error) = drain(memory.stream::<i64>("CREATE TABLE u (id)", ())).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::ReadOnly);
}

#[tokio::test]
async fn rows_before_one_that_does_not_fit_are_given() {
    let db = one_reader().await;
    fill(&db, 300).await;
    db.execute(
        "UPDATE t SET v = CASE id WHEN 290 THEN 'text' ELSE id END",
        (),
    )
    .await
    .unwrap();
    let (rows, error) = drain(db.stream::<i64>("SELECT v FROM t ORDER BY id", ())).await;
    assert!(rows.into_iter().eq(1..290));
    assert_eq!(error.unwrap().kind(), ErrorKind::Conversion);
    assert_free(&db).await;
}

#[tokio::test]
async fn a_panic_while_decoding_is_answered() {
    #[derive(Debug)]
    struct Explosive;
    impl<'de> Deserialize<'de> for Explosive {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            match i64::deserialize(deserializer)? {
                300 => panic!("boom"),
                _ => Ok(Self),
            }
        }
    }
    let db = one_reader().await;
    fill(&db, 1_000).await;
    let (rows, error) = drain(db.stream::<Explosive>("SELECT id FROM t ORDER BY id", ())).await;
    assert!(rows.len() < 300);
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert!(error.to_string().contains("boom"));
    assert_free(&db).await;
}

#[tokio::test]
async fn in_memory_the_consumer_may_write_meanwhile() {
    let db = Database::open_in_memory().await.unwrap();
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", ())
        .await
        .unwrap();
    fill(&db, 2_000).await;
    let mut stream = db.stream::<i64>("SELECT id FROM t ORDER BY id", ());
    let mut seen = 0;
    while let Some(id) = stream.next().await {
        let id = id.unwrap();
        db.execute("INSERT INTO t VALUES (?, 'more')", (id + 10_000,))
            .await
            .unwrap();
        seen += 1;
    }
    assert_eq!((seen, count(&db).await), (2_000, 4_000));
}

#[tokio::test]
async fn a_stream_shows_one_state_while_others_write() {
    let db = open().await;
    fill(&db, 2_000).await;
    let mut stream = db.stream::<i64>("SELECT id FROM t ORDER BY id", ());
    let mut seen = 0;
    while let Some(id) = stream.next().await {
        let id = id.unwrap();
        db.execute("INSERT INTO t VALUES (?, 'more')", (id + 10_000,))
            .await
            .unwrap();
        seen += 1;
    }
    assert_eq!(seen, 2_000);
}

#[tokio::test]
async fn a_snapshot_streams_what_it_sees_and_goes_on() {
    let db = one_reader().await;
    fill(&db, 1_000).await;
    let mut snapshot = db.snapshot().await.unwrap();
    db.execute("DELETE FROM t", ()).await.unwrap();
    let mut stream = snapshot.stream::<i64>("SELECT id FROM t", ());
    let mut rows = 0;
    while let Some(row) = stream.next().await {
        row.unwrap();
        rows += 1;
    }
    assert_eq!(rows, 1_000);
    drop(stream);
    // Dropped midway, and past a deadline of its own.
    let mut endless = snapshot.stream::<i64>(ENDLESS, ());
    endless.next().await.unwrap().unwrap();
    drop(endless);
    let mut silent = snapshot
        .stream::<i64>(SILENT, ())
        .deadline(Duration::from_millis(20));
    assert_eq!(
        silent.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::Deadline
    );
    drop(silent);
    let count: i64 = snapshot
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .unwrap();
    assert_eq!(count, 1_000);
    drop(snapshot);
    assert_free(&db).await;
}

#[tokio::test]
async fn a_stream_keeps_its_database_open() {
    let TestDb { db, dir } = open().await;
    fill(&db, 1_000).await;
    let stream = db.stream::<i64>("SELECT id FROM t", ());
    drop(db);
    let (rows, error) = drain(stream).await;
    assert_eq!((rows.len(), error.is_none()), (1_000, true));
    drop(dir);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_dropped_anywhere_leave_nothing() {
    let db = open_with(|options| options.readers(2)).await;
    fill(&db, 2_000).await;
    let consumers: Vec<_> = (0..4usize)
        .map(|consumer| {
            let db = db.db.clone();
            tokio::spawn(async move {
                for round in 0..100 {
                    let sql =
                        [ENDLESS, SILENT, "SELECT id FROM t", "SELECT 1"][(round + consumer) % 4];
                    let mut stream = db.stream::<i64>(sql, ());
                    let rows = async { while let Some(Ok(_)) = stream.next().await {} };
                    let patience = Duration::from_micros((round * 37 % 1_500) as u64);
                    let _ = tokio::time::timeout(patience, rows).await;
                }
            })
        })
        .collect();
    for consumer in consumers {
        consumer.await.unwrap();
    }
    // The other reader may not have come to the point yet where it sees that its stream is gone.
    let began = Instant::now();
    while db.stats().read_lane.in_flight > 0 && began.elapsed() < SOON {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_free(&db).await;
    assert!(db.stats().calls.stream.started <= 400);
}
