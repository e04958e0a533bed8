//! `backup`, `restore`, `checkpoint`: copies that are whole, and files that are not replaced by mistake.

use serde_json::json;

use crate::support::{Workdir, damage};

fn directory() -> Workdir {
    Workdir::with_database(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)
         INSERT INTO t SELECT i, 'some text for row number ' || i FROM n",
    )
}

fn rows(dir: &Workdir, file: &str) -> String {
    dir.run([
        "query",
        file,
        "SELECT count(*) FROM t",
        "--csv",
        "--no-header",
    ])
    .expect_code(0)
    .stdout
}

#[test]
fn a_backup_holds_everything() {
    let dir = directory();
    let run = dir
        .run(["backup", "app.db", "copy.db", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(run["file"], "copy.db");
    assert_eq!(rows(&dir, "copy.db"), "5000\n");
    dir.run(["backup", "app.db", "copy.db"])
        .expect_code(1)
        .expect_error(&["copy.db"]);
    dir.run(["backup", "app.db", "copy.db", "--force"])
        .expect_code(0);
    dir.run(["exec", "app.db", "DELETE FROM t WHERE a > 10"])
        .expect_code(0);
    dir.run(["backup", "app.db", "small.db", "--compact"])
        .expect_code(0);
    assert_eq!(rows(&dir, "small.db"), "10\n");
    let size = |name| std::fs::metadata(dir.path(name)).unwrap().len();
    assert!(size("small.db") < size("app.db") / 4);
    assert_eq!(dir.files(), ["app.db", "copy.db", "small.db"]);
}

#[test]
fn a_backup_into_nowhere_or_onto_itself() {
    let dir = directory();
    for target in ["nowhere/copy.db", ".", "app.db"] {
        dir.run(["backup", "app.db", target, "--force"])
            .expect_code(1)
            .expect_error(&["error:"]);
    }
    assert_eq!(rows(&dir, "app.db"), "5000\n");
    assert_eq!(dir.files(), ["app.db"]);
}

#[test]
fn a_backup_is_restored_to_a_free_name() {
    let dir = directory();
    dir.run(["backup", "app.db", "copy.db"]).expect_code(0);
    let run = dir
        .run(["restore", "new.db", "copy.db", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(
        (&run["file"], &run["replaced"]),
        (&json!("new.db"), &json!(false))
    );
    assert_eq!(rows(&dir, "new.db"), "5000\n");
}

#[test]
fn a_database_is_replaced_only_by_force() {
    let dir = directory();
    dir.run(["backup", "app.db", "copy.db"]).expect_code(0);
    dir.run(["exec", "app.db", "DELETE FROM t"]).expect_code(0);
    dir.run(["restore", "app.db", "copy.db"])
        .expect_code(1)
        .expect_error(&["exists already", "app.db is as it was", "--force"]);
    assert_eq!(rows(&dir, "app.db"), "0\n");
    let run = dir
        .run(["restore", "app.db", "copy.db", "--force", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(run["replaced"], true);
    assert_eq!(rows(&dir, "app.db"), "5000\n");
    assert_eq!(dir.files(), ["app.db", "copy.db"]);
}

#[test]
fn a_log_of_the_old_file_is_not_applied_to_the_new_one() {
    let dir = directory();
    dir.run(["backup", "app.db", "copy.db"]).expect_code(0);
    dir.write("app.db-wal", "whatever a crash has left behind");
    dir.run(["restore", "app.db", "copy.db"])
        .expect_code(1)
        .expect_error(&["app.db"]);
    dir.write("app.db-wal", "whatever a crash has left behind");
    dir.run(["restore", "app.db", "copy.db", "--force"])
        .expect_code(0);
    assert_eq!(dir.files(), ["app.db", "copy.db"]);
    assert_eq!(rows(&dir, "app.db"), "5000\n");
}

#[test]
fn a_bad_backup_changes_nothing() {
    let dir = directory();
    dir.run(["backup", "app.db", "copy.db"]).expect_code(0);
    damage(&dir.path("copy.db"));
    dir.write("text.db", "this is no database ".repeat(100));
    for bad in ["copy.db", "text.db", "gone.db", ".", "app.db"] {
        dir.run(["restore", "app.db", bad, "--force"])
            .expect_code(1)
            .expect_error(&["error:", "app.db is as it was"]);
    }
    assert_eq!(rows(&dir, "app.db"), "5000\n");
    assert_eq!(dir.files(), ["app.db", "copy.db", "text.db"]);
}

#[test]
fn a_checkpoint_tells_how_far_it_went() {
    let dir = directory();
    for mode in ["passive", "full", "restart", "truncate"] {
        let run = dir
            .run(["checkpoint", "app.db", "--mode", mode, "--json"])
            .expect_code(0)
            .json();
        assert_eq!((&run["mode"], &run["busy"]), (&json!(mode), &json!(false)));
    }
    dir.run(["checkpoint", "app.db", "--mode", "sideways"])
        .expect_code(2);
}

#[test]
fn check_says_sound() {
    let dir = directory();
    assert_eq!(
        dir.run(["check", "app.db"]).expect_code(0).stdout,
        "app.db is sound\n"
    );
    assert_eq!(
        dir.run(["check", "app.db", "--quiet", "--fast"])
            .expect_code(0)
            .stdout,
        ""
    );
}
