//! `encrypt`, `decrypt`, `rekey`: keys from files and variables, never from arguments.

use crate::support::{Run, Workdir};

fn directory() -> Workdir {
    let dir =
        Workdir::with_database("CREATE TABLE t (a); INSERT INTO t VALUES ('a very plain text')");
    dir.write("key", "correct horse\n");
    dir.write("other", format!("x'{}'", "5a".repeat(32)));
    dir
}

fn count(dir: &Workdir, file: &str, key: &str) -> Run {
    dir.run([
        "query",
        file,
        "SELECT a FROM t",
        "--key-file",
        key,
        "--csv",
        "--no-header",
    ])
}

#[test]
fn there_and_back() {
    let dir = directory();
    dir.run(["encrypt", "app.db", "secret.db", "--key-file", "key"])
        .expect_code(0);
    let bytes = std::fs::read(dir.path("secret.db")).unwrap();
    assert!(!bytes.windows(10).any(|window| window == b"very plain"));
    assert_eq!(
        count(&dir, "secret.db", "key").expect_code(0).stdout,
        "a very plain text\n"
    );
    count(&dir, "secret.db", "other")
        .expect_code(1)
        .expect_error(&["key", "hint: give the key"]);
    dir.run(["query", "secret.db", "SELECT 1"])
        .expect_code(1)
        .expect_error(&["--key-file"]);
    dir.run(["decrypt", "secret.db", "plain.db", "--key-file", "key"])
        .expect_code(0);
    let plain = dir.run([
        "query",
        "plain.db",
        "SELECT a FROM t",
        "--csv",
        "--no-header",
    ]);
    assert_eq!(plain.expect_code(0).stdout, "a very plain text\n");
}

#[test]
fn a_new_key_takes_the_place_of_the_old_one() {
    let dir = directory();
    dir.run(["encrypt", "app.db", "secret.db", "--key-file", "key"])
        .expect_code(0);
    dir.run([
        "rekey",
        "secret.db",
        "--key-file",
        "key",
        "--new-key-file",
        "other",
    ])
    .expect_code(0);
    count(&dir, "secret.db", "key").expect_code(1);
    count(&dir, "secret.db", "other").expect_code(0);
    dir.run([
        "rekey",
        "secret.db",
        "--key-file",
        "key",
        "--new-key-file",
        "other",
    ])
    .expect_code(1);
    dir.run([
        "rekey",
        "secret.db",
        "--key-file",
        "other",
        "--new-key-file",
        "gone",
    ])
    .expect_code(1)
    .expect_error(&["gone", "kept: the old key holds"]);
}

#[test]
fn keys_from_the_environment() {
    let dir = directory();
    let mut command = dir.command(["encrypt", "app.db", "secret.db"]);
    Run::of(
        command
            .env("TIDEGATE_KEY", "correct horse")
            .output()
            .unwrap(),
    )
    .expect_code(0);
    count(&dir, "secret.db", "key").expect_code(0);
}

#[test]
fn backup_and_restore_keep_the_key() {
    let dir = directory();
    dir.run(["encrypt", "app.db", "secret.db", "--key-file", "key"])
        .expect_code(0);
    dir.run(["backup", "secret.db", "copy.db", "--key-file", "key"])
        .expect_code(0);
    count(&dir, "copy.db", "key").expect_code(0);
    dir.run(["restore", "new.db", "copy.db", "--key-file", "key"])
        .expect_code(0);
    count(&dir, "new.db", "key").expect_code(0);
}
