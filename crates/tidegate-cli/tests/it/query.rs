//! `query`: rows in every form, parameters, errors with their place, deadlines.

use std::io::Read;
use std::process::Stdio;

use serde_json::json;

use crate::support::{Run, Workdir};

const VALUES: &str = "SELECT 7 AS i, 2.5 AS r, 'a,\"b\"' AS t, NULL AS n, x'00ff' AS b";
const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";

fn database() -> Workdir {
    Workdir::with_database(
        "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'one'), (2, 'two')",
    )
}

#[test]
fn rows_in_every_form() {
    let dir = database();
    let run = |format: &str| {
        dir.run(["query", "app.db", VALUES, format])
            .expect_code(0)
            .stdout
    };
    assert_eq!(run("--csv"), "i,r,t,n,b\n7,2.5,\"a,\"\"b\"\"\",,\\x00ff\n");
    assert_eq!(
        run("--json"),
        "[\n{\"i\":7,\"r\":2.5,\"t\":\"a,\\\"b\\\"\",\"n\":null,\"b\":{\"$base64\":\"AP8=\"}}\n]\n"
    );
    let table = run("--table");
    for piece in ["i", "2.5", "a,\"b\"", "NULL", "x'00ff'", "1 row"] {
        assert!(table.contains(piece), "{table}");
    }
    // Without a terminal, rows are CSV.
    assert_eq!(
        dir.run(["query", "app.db", VALUES]).expect_code(0).stdout,
        run("--csv")
    );
}

#[test]
fn a_result_without_rows_still_names_its_columns() {
    let dir = database();
    let sql = "SELECT a, b FROM t WHERE a > ?;";
    let run = |args: &[&str]| {
        let all = [&["query", "app.db", sql, "9"], args].concat();
        dir.run(all).expect_code(0).stdout
    };
    assert_eq!(run(&["--csv"]), "a,b\n");
    assert_eq!(run(&["--csv", "--no-header"]), "");
    assert_eq!(run(&["--json"]), "[]\n");
    assert!(run(&["--table"]).contains("0 rows"));
}

#[test]
fn parameters_by_position_and_by_name() {
    let dir = database();
    for (args, expected) in [
        (&["SELECT ?, ?2", "7", "'7'"] as &[&str], "7,7\n"),
        (
            &["SELECT typeof(?), typeof(?)", "7", "'7'"],
            "integer,text\n",
        ),
        (&["SELECT typeof(?)", "007"], "text\n"),
        (&["SELECT ?", "-3"], "-3\n"),
        (
            &[
                "SELECT typeof(:a), typeof(@b)",
                "-p",
                "a=1.5",
                "-p",
                "b=null",
            ],
            "real,null\n",
        ),
        (&["SELECT typeof(:a)", "--param-text", ":a=1"], "text\n"),
        (&["SELECT :a", "--param", "a=x=y"], "x=y\n"),
    ] {
        let all = ["query", "app.db", "--csv", "--no-header"]
            .iter()
            .chain(args);
        assert_eq!(dir.run(all).expect_code(0).stdout, expected, "{args:?}");
    }
}

#[test]
fn parameters_that_do_not_fit() {
    let dir = database();
    for (args, code) in [
        (&["SELECT ?"] as &[&str], 1),
        (&["SELECT ?", "1", "2"], 1),
        (&["SELECT :a", "-p", "b=1"], 1),
        (&["SELECT :a", "-p", "a"], 2),
        (&["SELECT :a, ?", "1", "-p", "a=1"], 2),
    ] {
        let all = ["query", "app.db"].iter().chain(args);
        dir.run(all).expect_code(code).expect_error(&["error:"]);
    }
}

#[test]
fn sql_from_standard_input() {
    let dir = database();
    let run = dir.run_with_input(["query", "app.db", "-"], b"SELECT max(a) AS m FROM t\n");
    assert_eq!(run.expect_code(0).stdout, "m\n2\n");
}

#[test]
fn wrong_sql_is_shown_with_its_place() {
    let dir = database();
    dir.run(["query", "app.db", "SELECT a\nFROM t WHERE c = 1"])
        .expect_code(1)
        .expect_error(&[
            "no such column",
            "line 2, column 14",
            "FROM t WHERE c = 1\n               ^",
        ]);
    dir.run(["query", "app.db", "SELECT 1; SELECT 2"])
        .expect_code(1)
        .expect_error(&["error:"]);
    dir.run(["query", "app.db", ""])
        .expect_code(1)
        .expect_error(&["error:"]);
}

#[test]
fn a_table_that_is_not_there_is_told_with_those_that_are() {
    let dir = database();
    for verb in ["query", "exec"] {
        let run = dir
            .run([verb, "app.db", "SELECT * FROM users"])
            .expect_code(1);
        run.expect_error(&["no such table: users", "hint: there are t"]);
    }
}

#[test]
fn nothing_can_be_changed() {
    let dir = database();
    for sql in [
        "DELETE FROM t",
        "INSERT INTO t VALUES (3, '') RETURNING a",
        "DROP TABLE t",
        "COMMIT",
    ] {
        dir.run(["query", "app.db", sql])
            .expect_code(1)
            .expect_error(&["error:"]);
    }
    assert_eq!(dir.rows("SELECT count(*) AS n FROM t"), json!([{ "n": 2 }]));
}

#[test]
fn a_deadline_ends_a_query_with_124() {
    let dir = database();
    let sql = format!("SELECT count(*) FROM ({ENDLESS})");
    let run = dir.run(["query", "app.db", &sql, "--deadline", "100ms", "--json"]);
    let error = run.expect_code(124).json_error();
    assert_eq!(
        (&error["code"], &error["exit_code"]),
        (&json!("deadline"), &json!(124))
    );
    // Also while rows are being printed.
    let mut child = dir
        .command(["query", "app.db", ENDLESS, "--deadline", "300ms"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(124));
}

#[test]
fn a_reader_that_leaves_ends_the_query_quietly() {
    let dir = database();
    for format in ["--csv", "--json", "--table"] {
        let mut child = dir
            .command(["query", "app.db", ENDLESS, format])
            .spawn()
            .unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
    }
}

#[test]
fn long_results_need_little_memory_and_are_whole() {
    let dir = database();
    let sql = format!("{ENDLESS} LIMIT 100000");
    let run = dir.run(["query", "app.db", &sql, "--csv"]).expect_code(0);
    assert_eq!(run.stdout.lines().count(), 100_001);
    let table = dir
        .run(["query", "app.db", &sql, "--table"])
        .expect_code(0)
        .stdout;
    assert!(table.contains("100,000 rows"));
}

#[test]
fn control_characters_never_reach_people() {
    let dir = database();
    let sql = "SELECT char(27) || '[2J' AS \"a\u{1b}b\"";
    for format in ["--table", "--json"] {
        let run = dir.run(["query", "app.db", sql, format]).expect_code(0);
        assert!(
            !run.stdout.contains("\u{1b}[2J"),
            "{format}: {}",
            run.stdout
        );
    }
    // A pipe gets the bytes as they are.
    let csv = dir.run(["query", "app.db", sql, "--csv"]).expect_code(0);
    assert!(csv.stdout.ends_with("\u{1b}[2J\n"));
    let wrong = dir
        .run(["query", "app.db", "SELECT '\u{1b}[2J' FROM nowhere"])
        .expect_code(1);
    assert!(!wrong.stderr.contains("\u{1b}[2J"));
}

#[test]
fn text_that_is_not_utf8_is_an_error() {
    let dir = database();
    dir.run(["query", "app.db", "SELECT CAST(x'ff' AS TEXT) AS broken"])
        .expect_code(1)
        .expect_error(&["broken", "UTF-8"]);
}

#[test]
fn columns_of_one_name_stay_apart_in_json() {
    let dir = database();
    let rows = dir.rows("SELECT 1 AS x, 2 AS x");
    assert_eq!(rows, json!([{ "x": 1, "x_2": 2 }]));
}

#[test]
fn the_file_is_left_as_it_was() {
    let dir = database();
    dir.run(["query", "app.db", "SELECT * FROM t"])
        .expect_code(0);
    assert_eq!(dir.files(), ["app.db"]);
}
