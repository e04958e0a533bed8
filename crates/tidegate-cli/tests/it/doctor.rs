//! `doctor`: findings on real files.

use crate::support::Workdir;

fn rules(dir: &Workdir, code: i32) -> Vec<String> {
    let run = dir
        .run(["doctor", "app.db", "--json"])
        .expect_code(code)
        .json();
    let findings = run["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_sound_file_needs_nothing() {
    let dir = Workdir::with_database(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY REFERENCES p, p REFERENCES p);
         CREATE INDEX c_p ON c (p)",
    );
    assert_eq!(rules(&dir, 0), [""; 0]);
    let text = dir.run(["doctor", "app.db"]).expect_code(0).stdout;
    assert!(text.contains("Nothing to change."), "{text}");
}

#[test]
fn findings_say_what_to_change_and_why() {
    let dir = Workdir::with_database(
        "CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE c (a REFERENCES p, b REFERENCES p);
         CREATE INDEX c_b ON c (b); CREATE INDEX c_ba ON c (b, a);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000) INSERT INTO c SELECT NULL, NULL FROM n",
    );
    assert_eq!(
        rules(&dir, 0),
        ["foreign-key-index", "redundant-index", "statistics"]
    );
    let text = dir.run(["doctor", "app.db"]).expect_code(0).stdout;
    for piece in [
        "CREATE INDEX \"c_a\" ON \"c\" (\"a\");",
        "DROP INDEX \"c_b\";",
        "tidegate exec app.db ANALYZE",
    ] {
        assert!(text.contains(piece), "{text}");
    }
    // What it says can be done.
    dir.run([
        "exec",
        "app.db",
        "CREATE INDEX \"c_a\" ON \"c\" (\"a\"); DROP INDEX \"c_b\"; ANALYZE",
    ])
    .expect_code(0);
    assert_eq!(rules(&dir, 0), [""; 0]);
}

#[test]
fn a_missing_parent_is_a_problem() {
    let dir =
        Workdir::with_database("CREATE TABLE c (a REFERENCES gone); CREATE INDEX c_a ON c (a)");
    assert_eq!(rules(&dir, 1), ["missing-parent"]);
}

#[test]
fn free_space_and_the_journal_mode() {
    let dir = Workdir::with_database(
        "CREATE TABLE t (a);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) INSERT INTO t SELECT randomblob(1000) FROM n",
    );
    dir.run(["exec", "app.db", "DELETE FROM t"]).expect_code(0);
    let mut bytes = std::fs::read(dir.path("app.db")).unwrap();
    bytes[18..20].fill(1);
    dir.write("app.db", bytes);
    assert_eq!(rules(&dir, 0), ["journal-mode", "free-space"]);
    dir.run(["exec", "app.db", "PRAGMA journal_mode", "--wal"])
        .expect_code(0);
    dir.run(["exec", "app.db", "VACUUM"]).expect_code(0);
    assert_eq!(rules(&dir, 0), [""; 0]);
}
