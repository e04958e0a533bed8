//! Cases 2 and 3: work that does not end by itself is stopped, and the next call finds a clean connection.

use std::time::{Duration, Instant};

use tidegate::{Committed, ErrorKind};

use super::{RUNAWAY, assert_settled};
use crate::support::{count, open_with};

/// What a stop may take beyond its deadline on a machine that runs other tests beside this one.
const SLACK: Duration = Duration::from_millis(250);

#[tokio::test]
async fn case_02_a_runaway_query_stops_on_time_and_the_next_one_is_quick() {
    let db = open_with(|options| options.readers(1)).await;
    count(&db).await;
    let began = Instant::now();
    let deadline = Duration::from_millis(50);
    let error = db
        .query_scalar::<i64>(RUNAWAY, ())
        .deadline(deadline)
        .await
        .unwrap_err();
    let stopped = began.elapsed();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::No)
    );
    assert!(
        stopped >= deadline && stopped < deadline + SLACK,
        "{stopped:?}"
    );
    let began = Instant::now();
    assert_eq!(count(&db).await, 0);
    let next = began.elapsed();
    assert!(
        next < Duration::from_millis(50),
        "the next query took {next:?}"
    );
}

#[tokio::test]
async fn case_02_a_runaway_read_closure_stops_too() {
    let db = open_with(|options| options.readers(1)).await;
    let error = db
        .read(|tx| tx.query_scalar::<i64>(RUNAWAY, ()))
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let timing = error.timing().unwrap();
    assert!(timing.ran > Duration::ZERO, "{timing:?}");
    assert_eq!(count(&db).await, 0);
    assert_settled(&db);
}

#[tokio::test]
async fn case_03_a_timed_out_write_of_three_million_rows_leaves_nothing() {
    let db = open_with(|options| options).await;
    let three_million = "INSERT INTO t WITH RECURSIVE c(x) AS
        (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 3000000) SELECT x, 'row ' || x FROM c";
    let error = db
        .execute(three_million, ())
        .deadline(Duration::from_millis(300))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.committed()),
        (ErrorKind::Deadline, Committed::No)
    );
    assert_eq!(
        db.execute("INSERT INTO t VALUES (1, 'next')", ())
            .await
            .unwrap(),
        1
    );
    assert_eq!(count(&db).await, 1);
    assert_settled(&db);
}

#[tokio::test]
async fn case_03_a_timed_out_transaction_leaves_nothing_either() {
    let db = open_with(|options| options).await;
    let tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    let error = tx
        .query_scalar::<i64>(RUNAWAY, ())
        .deadline(Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let ended = tx.commit().await.unwrap_err();
    assert_eq!(ended.kind(), ErrorKind::Cancelled, "{ended}");
    assert_eq!(count(&db).await, 0);
}
