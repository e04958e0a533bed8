//! Input that no caller should give: a clear error each time, and nothing lost.

use tidegate::{ErrorKind, Row, Value, named};

use super::{SECRET, assert_error, assert_serves};
use crate::support::{count, ids, open};

#[tokio::test]
async fn the_number_and_names_of_parameters_must_fit() {
    let db = open().await;
    let sql = "INSERT INTO t VALUES (?, ?)";
    for error in [
        db.execute(sql, (1,)).await.unwrap_err(),
        db.execute(sql, (1, SECRET, 3)).await.unwrap_err(),
        db.execute(sql, ()).await.unwrap_err(),
        db.execute("DELETE FROM t", (SECRET,)).await.unwrap_err(),
        db.execute_many(sql, [(1, 1, SECRET)]).await.unwrap_err(),
    ] {
        assert_error(&error, ErrorKind::Misuse);
    }
    let by_name = "INSERT INTO t VALUES (:id, :v)";
    let unknown = db
        .execute(
            by_name,
            named([("id", Value::from(1)), ("w", Value::from(SECRET))]),
        )
        .await
        .unwrap_err();
    assert_error(&unknown, ErrorKind::Misuse);
    assert!(unknown.to_string().contains('w'), "{unknown}");
    let missing = db.execute(by_name, named([("id", 1)])).await.unwrap_err();
    assert_error(&missing, ErrorKind::Misuse);
    assert_eq!(count(&db).await, 0);
    assert_serves(&db).await;
}

#[tokio::test]
async fn two_statements_in_one_text_are_refused_and_neither_runs() {
    let db = open().await;
    let two = "INSERT INTO t VALUES (1, 1); INSERT INTO t VALUES (2, 2)";
    assert_error(&db.execute(two, ()).await.unwrap_err(), ErrorKind::Misuse);
    // The second statements do not compile: one is wrong, the other needs the first to have run.
    for two in [
        "DELETE FROM t; garbage",
        "CREATE TABLE u (a); INSERT INTO u VALUES (1)",
    ] {
        assert_error(&db.execute(two, ()).await.unwrap_err(), ErrorKind::Misuse);
    }
    assert_error(
        &db.query::<Row>("SELECT 1; SELECT 2", ()).await.unwrap_err(),
        ErrorKind::Misuse,
    );
    let in_closure = db.write(move |tx| tx.execute(two, ()));
    assert_error(&in_closure.await.unwrap_err(), ErrorKind::Misuse);
    assert_eq!(count(&db).await, 0);
    for harmless in [
        "INSERT INTO t VALUES (1, 1);",
        "INSERT INTO t VALUES (2, 2); -- done\n",
        "INSERT INTO t VALUES (3, 3) ; /* so */ ;",
    ] {
        db.execute(harmless, ()).await.unwrap();
    }
    assert_eq!(ids(&db).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_text_without_a_statement_is_refused() {
    let db = open().await;
    for empty in ["", "  \n", ";", "-- nothing", "/* nothing */"] {
        assert_error(&db.execute(empty, ()).await.unwrap_err(), ErrorKind::Misuse);
        assert_error(
            &db.query::<Row>(empty, ()).await.unwrap_err(),
            ErrorKind::Misuse,
        );
    }
    db.execute_batch("-- an empty script is one without steps")
        .await
        .unwrap();
    assert_serves(&db).await;
}

#[tokio::test]
async fn nul_bytes_in_sql_are_refused_and_in_values_kept() {
    let db = open().await;
    for sql in [
        "INSERT INTO t VALUES (1, 1)\0",
        "INSERT INTO t VALUES (1, 1);\0 DROP TABLE t",
        "\0",
        "SELECT '\0'",
    ] {
        assert!(db.execute(sql, ()).await.is_err(), "{sql:?}");
        assert!(db.execute_batch(sql).await.is_err(), "{sql:?}");
        assert!(db.query::<Row>(sql, ()).await.is_err(), "{sql:?}");
    }
    assert_eq!(count(&db).await, 0);
    let text = "before\0after";
    db.execute("INSERT INTO t VALUES (1, ?)", (text,))
        .await
        .unwrap();
    let back: String = db
        .query_scalar("SELECT v FROM t WHERE v = ?", (text,))
        .await
        .unwrap();
    assert_eq!(back, text);
}

#[tokio::test]
async fn values_of_a_hundred_megabytes_go_in_and_come_back() {
    let db = open().await;
    let size = 100 << 20;
    let text = "x".repeat(size);
    db.execute("INSERT INTO t VALUES (1, ?)", (text,))
        .await
        .unwrap();
    let back: (i64, String) = db
        .query_one("SELECT length(v), v FROM t", ())
        .await
        .unwrap();
    assert_eq!((back.0, back.1.len()), (size as i64, size));
    assert!(back.1.bytes().all(|byte| byte == b'x'));
    assert_serves(&db).await;
}

#[tokio::test]
async fn ten_thousand_columns_and_other_excesses_of_sql_are_refused() {
    let db = open().await;
    let columns = vec!["1"; 10_000].join(", ");
    let wide = format!("SELECT {columns}");
    assert_error(
        &db.query::<Row>(wide, ()).await.unwrap_err(),
        ErrorKind::Query,
    );
    let table = (0..10_000)
        .map(|n| format!("c{n}"))
        .collect::<Vec<_>>()
        .join(", ");
    assert_error(
        &db.execute(format!("CREATE TABLE wide ({table})"), ())
            .await
            .unwrap_err(),
        ErrorKind::Query,
    );
    let deep = format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(db.query::<Row>(deep, ()).await.is_err());
    let parameters = format!("SELECT {}", vec!["?"; 40_000].join(" + "));
    assert!(db.query::<Row>(parameters, ()).await.is_err());
    let long = format!("SELECT '{}'", "y".repeat(2 << 20));
    let length: String = db.query_scalar(long, ()).await.unwrap();
    assert_eq!(length.len(), 2 << 20);
    assert_serves(&db).await;
}

#[tokio::test]
async fn numbers_that_do_not_fit_are_refused_and_not_cut() {
    let db = open().await;
    assert_error(
        &db.execute("INSERT INTO t VALUES (1, ?)", (u64::MAX,))
            .await
            .unwrap_err(),
        ErrorKind::Conversion,
    );
    db.execute("INSERT INTO t VALUES (1, ?)", (i64::MAX,))
        .await
        .unwrap();
    assert_error(
        &db.query_scalar::<i32>("SELECT v FROM t", ())
            .await
            .unwrap_err(),
        ErrorKind::Conversion,
    );
    assert_error(
        &db.query_scalar::<u8>("SELECT -1", ()).await.unwrap_err(),
        ErrorKind::Conversion,
    );
    assert_error(
        &db.query_scalar::<String>("SELECT x'ff'", ())
            .await
            .unwrap_err(),
        ErrorKind::Conversion,
    );
    assert_error(
        &db.query_scalar::<i64>("SELECT NULL", ()).await.unwrap_err(),
        ErrorKind::Conversion,
    );
    assert_eq!(
        db.query_scalar::<Option<i64>>("SELECT NULL", ())
            .await
            .unwrap(),
        None
    );
}
