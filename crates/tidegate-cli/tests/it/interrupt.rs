//! Ctrl-C: work is cancelled, the program says what was kept, and leaves nothing half-done.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tidegate_testkit::wait_until;

use crate::support::{Run, Workdir};

const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
const PATIENCE: Duration = Duration::from_secs(20);

fn interrupt(child: &Child) {
    send(child, "-INT");
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

fn end(child: Child) -> Run {
    Run::of(child.wait_with_output().unwrap()).expect_code(130)
}

/// Waits until the program has begun: it has a thread for the database's writer.
fn wait_for_database(child: &Child) {
    let tasks = format!("/proc/{}/task", child.id());
    let has_begun = || {
        let entries = std::fs::read_dir(&tasks).into_iter().flatten().flatten();
        let mut names =
            entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("comm")).ok());
        names.any(|name| name.starts_with("app."))
    };
    assert!(wait_until(PATIENCE, has_begun));
}

#[test]
fn a_query_ends() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    let sql = format!("SELECT count(*) FROM ({ENDLESS})");
    let child = dir.command(["query", "app.db", &sql]).spawn().unwrap();
    wait_for_database(&child);
    interrupt(&child);
    end(child).expect_error(&["stopped by Ctrl-C"]);
}

#[test]
fn a_query_that_prints_ends() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    let mut child = dir
        .command(["query", "app.db", ENDLESS, "--csv"])
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    interrupt(&child);
    // What was on its way still comes, and then the end.
    std::io::copy(&mut output, &mut std::io::sink()).unwrap();
    end(child).expect_error(&["stopped by Ctrl-C"]);
}

#[test]
fn a_write_is_undone() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    let child = dir
        .command([
            "exec",
            "app.db",
            &format!("INSERT INTO t {ENDLESS}"),
            "--json",
        ])
        .spawn()
        .unwrap();
    wait_for_database(&child);
    interrupt(&child);
    let error = end(child).json_error();
    assert_eq!(error["code"], "interrupted");
    assert_eq!(error["kept"], "nothing was changed");
    assert_eq!(dir.rows("SELECT count(*) AS n FROM t"), json!([{ "n": 0 }]));
}

/// Starts an import from a pipe that has sent some rows and stays open.
fn importing(dir: &Workdir, options: &[&str]) -> Child {
    let args = ["import", "app.db", "t", "-", "--format", "csv"];
    let mut child = dir
        .command(args.iter().chain(options))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.as_mut().unwrap();
    let rows: String = (0..5_000).map(|n| format!("{n}\n")).collect();
    stdin.write_all(format!("a\n{rows}").as_bytes()).unwrap();
    stdin.flush().unwrap();
    child
}

#[test]
fn others_wait_for_an_import_and_restore_does_not_take_its_file() {
    let dir = Workdir::with_database("CREATE TABLE t (a INTEGER)");
    dir.run(["backup", "app.db", "copy.db"]).expect_code(0);
    let mut child = importing(&dir, &[]);
    let open = child.stdin.take();
    let insert = [
        "exec",
        "app.db",
        "INSERT INTO t VALUES (1)",
        "--deadline",
        "200ms",
    ];
    assert!(wait_until(PATIENCE, || dir.run(insert).code != 0));
    dir.run(insert)
        .expect_code(124)
        .expect_error(&["kept: nothing was changed"]);
    dir.run(["query", "app.db", "SELECT count(*) FROM t"])
        .expect_code(0);
    dir.run(["restore", "app.db", "copy.db"])
        .expect_code(1)
        .expect_error(&["app.db is in use", "app.db is as it was"]);
    interrupt(&child);
    end(child);
    drop(open);
}

#[test]
fn an_import_leaves_nothing() {
    let dir = Workdir::with_database("CREATE TABLE t (a INTEGER)");
    let mut child = importing(&dir, &[]);
    wait_for_database(&child);
    let open = child.stdin.take();
    interrupt(&child);
    end(child).expect_error(&["stopped by Ctrl-C", "kept: nothing was imported"]);
    drop(open);
    assert_eq!(dir.rows("SELECT count(*) AS n FROM t"), json!([{ "n": 0 }]));
    assert_eq!(dir.files(), ["app.db"]);
}

#[test]
fn an_import_that_keeps_good_rows_says_how_many() {
    let dir = Workdir::with_database("CREATE TABLE t (a INTEGER)");
    let mut child = importing(&dir, &["--keep-good"]);
    let open = child.stdin.take();
    let count = || {
        dir.rows("SELECT count(*) AS n FROM t")[0]["n"]
            .as_u64()
            .unwrap()
    };
    assert!(wait_until(PATIENCE, || count() >= 4_000));
    interrupt(&child);
    let run = end(child);
    let kept = count();
    let grouped = format!(
        "{},{:03} rows were imported before",
        kept / 1000,
        kept % 1000
    );
    run.expect_error(&[&grouped]);
    drop(open);
}

#[test]
fn an_export_leaves_no_file() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    let child = dir
        .command(["export", "app.db", "--query", ENDLESS, "--out", "rows.csv"])
        .spawn()
        .unwrap();
    wait_for_database(&child);
    interrupt(&child);
    end(child).expect_error(&["rows.csv was not written"]);
    assert_eq!(dir.files(), ["app.db"]);
}

#[test]
fn the_request_to_end_is_heeded_too() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    let args = ["export", "app.db", "--query", ENDLESS, "--out", "rows.csv"];
    let child = dir.command(args).spawn().unwrap();
    wait_for_database(&child);
    send(&child, "-TERM");
    let run = Run::of(child.wait_with_output().unwrap()).expect_code(143);
    run.expect_error(&["stopped by SIGTERM", "rows.csv was not written"]);
    assert_eq!(dir.files(), ["app.db"]);
}

#[test]
fn a_second_one_ends_the_program_at_once() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    let mut child = dir
        .command(["query", "app.db", ENDLESS, "--csv"])
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    output.read_exact(&mut [0; 2]).unwrap();
    // Nobody reads on, so the program waits for the pipe, until the second one.
    let ended = wait_until(PATIENCE, || {
        interrupt(&child);
        child.try_wait().unwrap().is_some()
    });
    assert!(ended);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
