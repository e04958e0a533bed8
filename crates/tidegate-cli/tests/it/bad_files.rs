//! Every verb that takes a database, on paths that are none.

use crate::support::{Workdir, damage};

/// Verbs with the arguments after the database.
const VERBS: &[(&str, &[&str])] = &[
    ("query", &["SELECT count(*) FROM t"]),
    ("export", &["t"]),
    ("backup", &["copy.db"]),
    ("check", &[]),
    ("checkpoint", &[]),
    ("stats", &[]),
    ("doctor", &[]),
    ("import", &["t", "rows.csv"]),
    ("migrate", &["steps", "status"]),
];

fn directory() -> Workdir {
    let dir = Workdir::new();
    dir.write("rows.csv", "a\n1\n");
    std::fs::create_dir(dir.path("steps")).unwrap();
    dir.write("steps/0001_t.sql", "CREATE TABLE t (a)");
    dir
}

fn each_verb(dir: &Workdir, path: &str, pieces: &[&str]) {
    for (verb, rest) in VERBS {
        let args = [*verb, path].into_iter().chain(rest.iter().copied());
        let run = dir.run(args).expect_code(1);
        assert!(run.stdout.is_empty(), "{verb}: {}", run.stdout);
        run.expect_error(&["error:"]).expect_error(pieces);
    }
}

#[test]
fn a_missing_file_is_not_created() {
    let dir = directory();
    each_verb(&dir, "gone.db", &["no file gone.db"]);
    assert!(!dir.path("gone.db").exists());
}

#[test]
fn a_missing_directory() {
    let dir = directory();
    each_verb(&dir, "nowhere/app.db", &["nowhere/app.db"]);
    dir.run(["exec", "nowhere/app.db", "SELECT 1"])
        .expect_code(1)
        .expect_error(&["nowhere"]);
}

#[test]
fn a_directory_is_no_database() {
    each_verb(&directory(), "steps", &["is a directory"]);
}

#[test]
fn a_text_file_is_no_database() {
    let dir = directory();
    dir.write(
        "text.db",
        "this is no database, but a text that is long enough to be looked at ".repeat(100),
    );
    each_verb(&dir, "text.db", &["not a database"]);
    assert!(dir.read("text.db").starts_with("this is no database"));
}

#[test]
fn names_with_spaces_and_other_letters() {
    let dir = directory();
    let name = "Ebbe & Flut 潮.db";
    dir.run(["exec", name, "CREATE TABLE t (a)"]).expect_code(0);
    let run = dir
        .run(["query", name, "SELECT count(*) AS n FROM t"])
        .expect_code(0);
    assert_eq!(run.stdout, "n\n0\n");
}

#[test]
fn a_damaged_file_is_told_by_check_and_doctor() {
    let dir = Workdir::with_database(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)
         INSERT INTO t SELECT i, 'some text for row number ' || i FROM n",
    );
    dir.run(["check", "app.db"]).expect_code(0);
    damage(&dir.path("app.db"));
    let check = dir.run(["check", "app.db", "--json"]).expect_code(1).json();
    assert_eq!(check["sound"], false);
    assert!(!check["findings"].as_array().unwrap().is_empty());
    let doctor = dir.run(["doctor", "app.db", "--json"]).expect_code(1);
    assert!(doctor.stdout.contains("integrity") || doctor.stderr.contains("corrupt"));
    dir.run(["query", "app.db", "SELECT sum(length(b)) FROM t"])
        .expect_code(1)
        .expect_error(&["malformed", "hint: `tidegate check`"]);
}
