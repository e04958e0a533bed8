//! `exec`: one statement or several, all or nothing.

use serde_json::json;

use crate::support::Workdir;

#[test]
fn statements_change_the_database() {
    let dir = Workdir::new();
    dir.run(["exec", "app.db", "CREATE TABLE t (a INTEGER UNIQUE)"])
        .expect_code(0);
    let insert = dir.run([
        "exec",
        "app.db",
        "INSERT INTO t VALUES (?), (?)",
        "1",
        "2",
        "--json",
    ]);
    assert_eq!(insert.expect_code(0).json(), json!({ "changed": 2 }));
    let one = dir.run([
        "exec",
        "app.db",
        "UPDATE t SET a = 9 WHERE a = :old",
        "-p",
        "old=2",
    ]);
    assert_eq!(one.expect_code(0).stdout, "1 row changed\n");
    assert_eq!(dir.files(), ["app.db"]);
}

#[test]
fn returned_rows_are_printed() {
    let dir = Workdir::with_database("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
    let run = dir.run([
        "exec",
        "app.db",
        "INSERT INTO t (a) VALUES ('x'), ('y') RETURNING id",
        "--json",
    ]);
    assert_eq!(run.expect_code(0).json(), json!([{ "id": 1 }, { "id": 2 }]));
    assert_eq!(dir.rows("SELECT count(*) AS n FROM t"), json!([{ "n": 2 }]));
}

#[test]
fn several_statements_are_one_transaction() {
    let dir = Workdir::with_database("CREATE TABLE t (a INTEGER UNIQUE)");
    dir.run([
        "exec",
        "app.db",
        "INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)",
    ])
    .expect_code(1)
    .expect_error(&["UNIQUE", "kept: nothing was changed"]);
    let script = b"-- a script\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\n";
    let run = dir.run_with_input(["exec", "app.db", "-", "--json"], script);
    assert_eq!(run.expect_code(0).json(), json!({ "changed": null }));
    assert_eq!(dir.rows("SELECT count(*) AS n FROM t"), json!([{ "n": 2 }]));
}

#[test]
fn vacuum_runs_outside_a_transaction() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    dir.run(["exec", "app.db", "VACUUM"]).expect_code(0);
}

#[test]
fn refusals_tell_why() {
    let dir = Workdir::with_database("CREATE TABLE t (a INTEGER NOT NULL CHECK (a > 0)) STRICT");
    for (sql, piece) in [
        ("INSERT INTO t VALUES (NULL)", "NOT NULL"),
        ("INSERT INTO t VALUES (0)", "CHECK"),
        ("INSERT INTO t VALUES ('x')", "INTEGER"),
        ("BEGIN", "transaction"),
        ("PRAGMA journal_mode = DELETE", "journal_mode"),
        ("CREATE TABLE", "error"),
    ] {
        dir.run(["exec", "app.db", sql])
            .expect_code(1)
            .expect_error(&[piece, "kept: nothing was changed"]);
    }
    assert_eq!(dir.rows("SELECT count(*) AS n FROM t"), json!([{ "n": 0 }]));
}

#[test]
fn a_late_write_is_undone() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    let endless = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    dir.run(["exec", "app.db", endless, "--deadline", "150ms"])
        .expect_code(124)
        .expect_error(&["deadline", "kept: nothing was changed"]);
    assert_eq!(dir.rows("SELECT count(*) AS n FROM t"), json!([{ "n": 0 }]));
}

#[test]
fn a_file_keeps_its_journal_mode_unless_asked() {
    let dir = Workdir::new();
    dir.run(["exec", "app.db", "CREATE TABLE t (a)"])
        .expect_code(0);
    let mode = || dir.rows("PRAGMA journal_mode")[0]["journal_mode"].clone();
    assert_eq!(mode(), json!("wal"));
    // The two bytes of the header that tell the mode.
    let mut bytes = std::fs::read(dir.path("app.db")).unwrap();
    bytes[18..20].fill(1);
    dir.write("app.db", bytes);
    dir.run(["exec", "app.db", "INSERT INTO t VALUES (1)"])
        .expect_code(0);
    assert_eq!(mode(), json!("delete"));
    dir.run(["exec", "app.db", "PRAGMA journal_mode", "--wal"])
        .expect_code(0);
    assert_eq!(mode(), json!("wal"));
}
