//! `export`: whole files or none, that can be imported again.

use serde_json::json;

use crate::support::Workdir;

const TABLE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, height REAL, data BLOB)";

fn directory() -> Workdir {
    Workdir::with_database(&format!(
        "{TABLE};
         INSERT INTO t VALUES (1, 'a, \"b\"
c', 2.0, x'00ff'), (2, NULL, 9e999, NULL), (3, '', 0.1, x'')"
    ))
}

#[test]
fn what_is_exported_can_be_imported_again() {
    for (file, options) in [
        ("rows.csv", &["--null", "\\N"] as &[&str]),
        ("rows.tsv", &["--null", "\\N"]),
        ("rows.ndjson", &[]),
    ] {
        let dir = directory();
        let all = "SELECT id, name, height, data, typeof(data) AS type FROM t ORDER BY id";
        let before = dir.rows(all);
        dir.run(["export", "app.db", "t", file].iter().chain(options))
            .expect_code(0);
        dir.run(["exec", "app.db", "DELETE FROM t"]).expect_code(0);
        dir.run(["import", "app.db", "t", file].iter().chain(options))
            .expect_code(0);
        assert_eq!(dir.rows(all), before, "{file}");
    }
}

#[test]
fn a_query_to_standard_output_or_a_file() {
    let dir = directory();
    let query = [
        "export",
        "app.db",
        "--query",
        "SELECT id FROM t WHERE id < 3",
    ];
    assert_eq!(dir.run(query).expect_code(0).stdout, "id\n1\n2\n");
    let to_file = dir
        .run(query.iter().chain(&["--out", "ids.ndjson", "--json"]))
        .expect_code(0);
    assert_eq!(to_file.json(), json!({ "rows": 2, "file": "ids.ndjson" }));
    assert_eq!(dir.read("ids.ndjson"), "{\"id\":1}\n{\"id\":2}\n");
}

#[test]
fn an_empty_table_gives_a_header() {
    let dir = Workdir::with_database(TABLE);
    assert_eq!(
        dir.run(["export", "app.db", "t"]).expect_code(0).stdout,
        "id,name,height,data\n"
    );
}

#[test]
fn a_file_is_replaced_only_by_force() {
    let dir = directory();
    dir.write("rows.csv", "precious");
    dir.run(["export", "app.db", "t", "rows.csv"])
        .expect_code(1)
        .expect_error(&["exists already", "--force"]);
    assert_eq!(dir.read("rows.csv"), "precious");
    dir.run(["export", "app.db", "t", "rows.csv", "--force"])
        .expect_code(0);
    assert!(dir.read("rows.csv").starts_with("id,name"));
}

#[test]
fn after_a_failure_there_is_no_file() {
    let dir = directory();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    dir.run([
        "export",
        "app.db",
        "--query",
        endless,
        "--out",
        "rows.csv",
        "--deadline",
        "200ms",
    ])
    .expect_code(124)
    .expect_error(&["kept: rows.csv was not written"]);
    dir.run(["export", "app.db", "gone", "rows.csv"])
        .expect_code(1)
        .expect_error(&["no such table"]);
    assert_eq!(dir.files(), ["app.db"]);
}

#[test]
fn the_arguments_must_make_sense() {
    let dir = directory();
    dir.run(["export", "app.db"]).expect_code(2);
    dir.run(["export", "app.db", "t", "rows.xyz"])
        .expect_code(2)
        .expect_error(&["--format"]);
    dir.run(["export", "app.db", "t", "--query", "SELECT 1"])
        .expect_code(2);
    dir.run(["export", "app.db", "t", "nowhere/rows.csv"])
        .expect_code(1)
        .expect_error(&["nowhere"]);
}
