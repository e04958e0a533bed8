//! `migrate`: numbered files, one transaction each.

use serde_json::json;

use crate::support::Workdir;

fn directory(steps: &[(&str, &str)]) -> Workdir {
    let dir = Workdir::new();
    std::fs::create_dir(dir.path("steps")).unwrap();
    for (name, sql) in steps {
        dir.write(&format!("steps/{name}"), sql);
    }
    dir
}

const TWO: &[(&str, &str)] = &[
    (
        "0001_users.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO users (name) VALUES ('Ada');",
    ),
    ("0002_mail.sql", "ALTER TABLE users ADD COLUMN mail TEXT;"),
    ("notes.md", "not a step"),
];

#[test]
fn steps_are_taken_once() {
    let dir = directory(TWO);
    let up = || {
        dir.run(["migrate", "app.db", "steps", "up", "--json"])
            .expect_code(0)
            .json()
    };
    assert_eq!(up(), json!({ "from": 0, "to": 2, "snapshot": null }));
    assert_eq!(up(), json!({ "from": 2, "to": 2, "snapshot": null }));
    assert_eq!(
        dir.rows("SELECT name, mail FROM users"),
        json!([{ "name": "Ada", "mail": null }])
    );
}

#[test]
fn the_status_changes_nothing() {
    let dir = directory(TWO);
    dir.run(["migrate", "app.db", "steps", "status"])
        .expect_code(1);
    dir.run(["exec", "app.db", "PRAGMA user_version"])
        .expect_code(0);
    let status = || {
        dir.run(["migrate", "app.db", "steps", "status", "--json"])
            .expect_code(0)
            .json()
    };
    assert_eq!(
        status(),
        json!({ "version": 0, "latest": 2, "pending": ["0001_users", "0002_mail"] })
    );
    dir.run(["migrate", "app.db", "steps", "up"]).expect_code(0);
    assert_eq!(
        status(),
        json!({ "version": 2, "latest": 2, "pending": [] })
    );
    let text = dir
        .run(["migrate", "app.db", "steps", "status"])
        .expect_code(0)
        .stdout;
    assert!(
        text.contains("0002_mail") && text.contains("up to date"),
        "{text}"
    );
}

#[test]
fn the_state_before_is_saved() {
    let dir = directory(TWO);
    dir.run(["migrate", "app.db", "steps", "up"]).expect_code(0);
    dir.write("steps/0003_more.sql", "CREATE TABLE more (a);");
    let up = dir
        .run(["migrate", "app.db", "steps", "up", "--json"])
        .expect_code(0)
        .json();
    let snapshot = up["snapshot"].as_str().unwrap();
    assert!(dir.path(snapshot).exists());
}

#[test]
fn a_failed_step_leaves_the_version_before_it() {
    let dir = directory(TWO);
    dir.write(
        "steps/0003_wrong.sql",
        "CREATE TABLE more (a);\nCREATE TABEL x (a);",
    );
    dir.run(["migrate", "app.db", "steps", "up"])
        .expect_code(1)
        .expect_error(&["0003_wrong", "TABEL", "kept: the database is at version 2"]);
    assert_eq!(
        dir.rows("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'more'"),
        json!([{ "n": 0 }])
    );
}

#[test]
fn directories_that_are_wrong() {
    for (steps, piece) in [
        (&[] as &[(&str, &str)], "no step"),
        (&[("0002_b.sql", "SELECT 1")], "0001 is missing"),
        (&[("0001_a.sql", ""), ("0003_c.sql", "")], "0002 is missing"),
        (&[("0001_a.sql", ""), ("0001_b.sql", "")], "same number"),
        (&[("1_a.sql", "")], "not named like a step"),
        (&[("0001_a.sql", "-- foreign keys: maybe\n")], "not `maybe`"),
    ] {
        let dir = directory(steps);
        dir.run(["migrate", "app.db", "steps", "up"])
            .expect_code(1)
            .expect_error(&[piece]);
        assert!(!dir.path("app.db").exists(), "{piece}");
    }
    directory(&[])
        .run(["migrate", "app.db", "gone", "up"])
        .expect_code(1)
        .expect_error(&["gone"]);
}

#[test]
fn a_table_is_rebuilt_without_foreign_keys() {
    let dir = directory(&[
        (
            "0001_tables.sql",
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p ON DELETE CASCADE); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);",
        ),
        (
            "0002_rebuild.sql",
            "-- foreign keys: off\nCREATE TABLE new (id INTEGER PRIMARY KEY, x); INSERT INTO new (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE new RENAME TO p;",
        ),
    ]);
    dir.run(["migrate", "app.db", "steps", "up"]).expect_code(0);
    assert_eq!(dir.rows("SELECT count(*) AS n FROM c"), json!([{ "n": 1 }]));
}

#[test]
fn a_newer_database_is_refused() {
    let dir = directory(TWO);
    dir.run(["migrate", "app.db", "steps", "up"]).expect_code(0);
    std::fs::remove_file(dir.path("steps/0002_mail.sql")).unwrap();
    dir.run(["migrate", "app.db", "steps", "up"])
        .expect_code(1)
        .expect_error(&["version 2"]);
}
