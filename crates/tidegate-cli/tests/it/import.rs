//! `import`: typed rows, all or nothing, with the line of what is wrong.

use serde_json::json;

use crate::support::Workdir;

const TABLE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, height REAL, data BLOB)";

fn directory() -> Workdir {
    Workdir::with_database(TABLE)
}

#[test]
fn fields_are_typed_by_their_column() {
    let dir = directory();
    dir.write(
        "rows.csv",
        "Name,ID,height,data\n007,1,2,\\x00ff\n,2,,\n\"a\nb\",3,1e3,ab\n",
    );
    let run = dir
        .run(["import", "app.db", "t", "rows.csv", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(
        (&run["rows"], &run["created"], &run["refused"]),
        (&json!(3), &json!(false), &json!([]))
    );
    assert_eq!(
        dir.rows("SELECT id, name, height, hex(data) AS data FROM t ORDER BY id"),
        json!([
            { "id": 1, "name": "007", "height": 2.0, "data": "00FF" },
            { "id": 2, "name": null, "height": null, "data": "" },
            { "id": 3, "name": "a\nb", "height": 1000.0, "data": "6162" },
        ])
    );
}

#[test]
fn lines_of_json() {
    let dir = directory();
    dir.write(
        "rows.ndjson",
        "{\"id\": 1, \"name\": \"a\", \"data\": {\"$base64\": \"AP8=\"}}\n\n{\"ID\": 2, \"height\": 1}\n",
    );
    dir.run(["import", "app.db", "t", "rows.ndjson"])
        .expect_code(0);
    assert_eq!(
        dir.rows("SELECT id, name, height, hex(data) AS data FROM t ORDER BY id"),
        json!([
            { "id": 1, "name": "a", "height": null, "data": "00FF" },
            { "id": 2, "name": null, "height": 1.0, "data": "" },
        ])
    );
}

#[test]
fn bad_input_imports_nothing_and_names_its_line() {
    let long_ago = "1,a,1,\n".repeat(0);
    for (name, content, pieces) in [
        (
            "type.csv",
            format!("id,name\n1,a\n{long_ago}x,b\n"),
            &["type.csv, line 3", "column `id`", "`x` is no INTEGER"] as &[&str],
        ),
        (
            "width.csv",
            "id,name\n1,a\n2\n".into(),
            &["width.csv, line 3", "1 fields where 2 are expected"],
        ),
        (
            "wide.csv",
            "id,name\n1,a,9\n".into(),
            &["wide.csv, line 2", "3 fields where 2"],
        ),
        (
            "column.csv",
            "id,colour\n1,red\n".into(),
            &["no column `colour`", "its columns are id, name"],
        ),
        ("twice.csv", "id,id\n1,1\n".into(), &["`id` twice"]),
        (
            "key.csv",
            "id,name\n1,a\n2,b\n1,c\n".into(),
            &["key.csv, line 4", "UNIQUE"],
        ),
        (
            "nul.csv",
            "id,name\n1,a\0b\n".into(),
            &["nul.csv, line 2", "column `name`", "NUL"],
        ),
        (
            "lines.csv",
            "id,name\n1,\"a\nb\"\nx,c\n".into(),
            &["lines.csv, line 4"],
        ),
        ("empty.csv", String::new(), &["empty.csv is empty"]),
        (
            "json.ndjson",
            "{\"id\": 1}\n{\"id\": 2,}\n".into(),
            &["json.ndjson, line 2", "not JSON, at column 10"],
        ),
        (
            "array.ndjson",
            "[1]\n".into(),
            &["array.ndjson, line 1", "no JSON object"],
        ),
        (
            "member.ndjson",
            "{\"id\": 1, \"x\": 2}\n".into(),
            &["member.ndjson, line 1", "no column `x`"],
        ),
        (
            "number.ndjson",
            "{\"id\": 1.5}\n".into(),
            &["number.ndjson, line 1", "1.5"],
        ),
    ] {
        let dir = directory();
        dir.write(name, content);
        dir.run(["import", "app.db", "t", name])
            .expect_code(1)
            .expect_error(pieces);
        assert_eq!(
            dir.rows("SELECT count(*) AS n FROM t"),
            json!([{ "n": 0 }]),
            "{name}"
        );
    }
}

#[test]
fn bytes_that_are_not_utf8() {
    for (name, content) in [
        ("bad.csv", b"id,name\n1,ok\n2,\xff\n" as &[u8]),
        ("bad.ndjson", b"{\"id\": 1}\n\n{\"name\": \"\xff\"}\n"),
    ] {
        let dir = directory();
        dir.write(name, content);
        dir.run(["import", "app.db", "t", name])
            .expect_code(1)
            .expect_error(&["line 3", "UTF-8"]);
    }
}

#[test]
fn a_quote_that_is_never_closed_does_not_take_all_memory() {
    let dir = directory();
    let mut content = b"id,name\n1,\"".to_vec();
    content.resize(70 << 20, b'x');
    dir.write("open.csv", content);
    dir.run(["import", "app.db", "t", "open.csv"])
        .expect_code(1)
        .expect_error(&["open.csv, line 2", "longer than 64 MiB"]);
}

#[test]
fn a_large_field_is_imported() {
    let dir = directory();
    let text = "x".repeat(8 << 20);
    dir.write("large.csv", format!("id,name\n1,{text}\n"));
    dir.run(["import", "app.db", "t", "large.csv"])
        .expect_code(0);
    assert_eq!(
        dir.rows("SELECT length(name) AS n FROM t"),
        json!([{ "n": 8 << 20 }])
    );
}

#[test]
fn keep_good_leaves_bad_rows_out_and_lists_them() {
    let dir = directory();
    dir.write("rows.csv", "id,name\n1,a\nx,b\n2,c\n2,d\n3\n4,e\n");
    let run = dir.run(["import", "app.db", "t", "rows.csv", "--keep-good", "--json"]);
    let json = run.expect_code(1).json();
    assert_eq!(json["rows"], 3);
    let lines: Vec<_> = json["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| bad["line"].clone())
        .collect();
    assert_eq!(lines, [json!(3), json!(5), json!(6)]);
    assert_eq!(
        dir.rows("SELECT id FROM t"),
        json!([{ "id": 1 }, { "id": 2 }, { "id": 4 }])
    );
}

#[test]
fn keys_that_are_there_already() {
    let dir = directory();
    dir.run([
        "exec",
        "app.db",
        "INSERT INTO t (id, name) VALUES (1, 'old')",
    ])
    .expect_code(0);
    dir.write("rows.csv", "id,name\n1,new\n2,b\n");
    dir.run(["import", "app.db", "t", "rows.csv"])
        .expect_code(1)
        .expect_error(&["line 2"]);
    let skip = dir.run([
        "import",
        "app.db",
        "t",
        "rows.csv",
        "--on-conflict",
        "skip",
        "--json",
    ]);
    let skip = skip.expect_code(0).json();
    assert_eq!((&skip["rows"], &skip["skipped"]), (&json!(1), &json!(1)));
    dir.run([
        "import",
        "app.db",
        "t",
        "rows.csv",
        "--on-conflict",
        "replace",
    ])
    .expect_code(0);
    assert_eq!(
        dir.rows("SELECT name FROM t"),
        json!([{ "name": "new" }, { "name": "b" }])
    );
}

#[test]
fn a_table_is_made_with_types_told_from_the_rows() {
    let dir = Workdir::new();
    dir.write(
        "rows.csv",
        "n,price,zip,when\n1,2,01234,2026-01-01\n2,2.5,,\n",
    );
    dir.run(["import", "app.db", "prices", "rows.csv"])
        .expect_code(1)
        .expect_error(&["no file app.db"]);
    let run = dir
        .run([
            "import", "app.db", "prices", "rows.csv", "--create", "--json",
        ])
        .expect_code(0);
    assert_eq!(run.json()["created"], true);
    assert_eq!(
        dir.rows("SELECT name, type FROM pragma_table_info('prices')"),
        json!([
            { "name": "n", "type": "INTEGER" },
            { "name": "price", "type": "REAL" },
            { "name": "zip", "type": "TEXT" },
            { "name": "when", "type": "TEXT" },
        ])
    );
}

#[test]
fn a_failed_import_leaves_no_table_and_no_file() {
    let dir = Workdir::new();
    let rows: String = (0..1500).map(|n| format!("{n}\n")).collect();
    dir.write("rows.csv", format!("n\n{rows}many\n"));
    dir.run(["import", "app.db", "t", "rows.csv", "--create"])
        .expect_code(1)
        .expect_error(&["rows.csv, line 1502", "kept: nothing was imported"]);
    assert_eq!(dir.files(), ["rows.csv"]);
}

#[test]
fn an_unknown_table_is_named_with_those_there_are() {
    let dir = directory();
    dir.write("rows.csv", "a\n1\n");
    dir.run(["import", "app.db", "nope", "rows.csv"])
        .expect_code(1)
        .expect_error(&["no table `nope`", "there are t", "--create"]);
}

#[test]
fn other_separators_no_header_and_null_text() {
    let dir = directory();
    dir.run_with_input(
        [
            "import",
            "app.db",
            "t",
            "-",
            "--format",
            "csv",
            "--delimiter",
            ";",
            "--no-header",
            "--null",
            "-",
        ],
        b"1;-;2;ab\n2;;-;-\n",
    )
    .expect_code(0);
    dir.write("rows.tsv", "id\tname\n3\tc d\n");
    dir.run(["import", "app.db", "t", "rows.tsv"])
        .expect_code(0);
    assert_eq!(
        dir.rows("SELECT id, name FROM t"),
        json!([{ "id": 1, "name": null }, { "id": 2, "name": "" }, { "id": 3, "name": "c d" }])
    );
}

#[test]
fn the_format_must_be_known() {
    let dir = directory();
    dir.write("rows.txt", "a\n");
    dir.run(["import", "app.db", "t", "rows.txt"])
        .expect_code(2)
        .expect_error(&["--format"]);
    dir.run(["import", "app.db", "t", "gone.csv"])
        .expect_code(1)
        .expect_error(&["gone.csv"]);
    dir.run(["import", "app.db", "t", "."]).expect_code(2);
    dir.run(["import", "app.db", "t", ".", "--format", "csv"])
        .expect_code(1)
        .expect_error(&["directory"]);
}

#[test]
fn input_that_never_comes_meets_the_deadline() {
    let dir = directory();
    let mut child = dir
        .command([
            "import",
            "app.db",
            "t",
            "-",
            "--format",
            "csv",
            "--deadline",
            "200ms",
        ])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let input = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(124));
    drop(input);
}
