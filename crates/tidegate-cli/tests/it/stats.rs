//! `stats`: what is in the file.

use serde_json::json;

use crate::support::Workdir;

fn directory() -> Workdir {
    Workdir::with_database(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX tb ON t (b);
         CREATE TABLE \"odd \"\"name\"\"\" (x); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
    )
}

#[test]
fn tables_with_rows_and_sizes() {
    let dir = directory();
    let stats = dir.run(["stats", "app.db", "--json"]).expect_code(0).json();
    assert_eq!(stats["journal_mode"], "wal");
    assert!(stats["bytes"].as_u64().unwrap() > 0);
    assert!(
        stats["driver"]["calls"]["read"]["started"]
            .as_u64()
            .unwrap()
            > 0
    );
    let tables = stats["tables"].as_array().unwrap();
    assert_eq!(tables[0]["name"], "odd \"name\"");
    assert_eq!(
        tables[1],
        json!({ "name": "t", "rows": 2, "bytes": 4096, "index_bytes": 4096 })
    );
}

#[test]
fn as_text_and_as_csv() {
    let dir = directory();
    let text = dir.run(["stats", "app.db"]).expect_code(0).stdout;
    for piece in ["app.db", "journal mode", "wal", "odd \"name\"", "4.0 KiB"] {
        assert!(text.contains(piece), "{text}");
    }
    let csv = dir.run(["stats", "app.db", "--csv"]).expect_code(0).stdout;
    assert!(csv.starts_with("table,rows,bytes,index_bytes\n"), "{csv}");
    let empty = Workdir::with_database("PRAGMA user_version");
    let text = empty.run(["stats", "app.db"]).expect_code(0).stdout;
    assert!(text.contains("no tables"), "{text}");
}
