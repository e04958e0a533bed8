//! The vocabulary as columns of a table, and errors through closures.

use tidegate_stores::{Error, ErrorKind, Fingerprint, Id, JsonText, Labels, schema};

use crate::support::{at, open};

#[test]
fn the_vocabulary_is_stored_and_read_back() {
    let db = open();
    db.execute_batch("CREATE TABLE t (at, id, labels, print, json)")
        .unwrap();
    let labels = Labels::new([("job", "api")]).unwrap();
    let row = (
        at(5),
        Id::new(at(5)),
        labels.clone(),
        Fingerprint::of("up", &labels),
        JsonText::parse("json", "[1]").unwrap(),
    );
    db.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", row.clone())
        .unwrap();
    assert_eq!(
        db.query_one::<(_, _, _, _, _)>("SELECT * FROM t", ())
            .unwrap(),
        row
    );

    let types: String = db
        .query_scalar("SELECT typeof(at) || typeof(id) || length(id) || labels || length(print) || json FROM t", ())
        .unwrap();
    assert_eq!(types, r#"integerblob16{"job":"api"}16[1]"#);
}

#[test]
fn ids_are_read_from_text_too() {
    let db = open();
    let id = Id::new(at(0));
    let back: Id = db.query_scalar("SELECT ?", (id.to_string(),)).unwrap();
    assert_eq!(back, id);
}

#[test]
fn what_does_not_belong_into_a_column_is_an_error() {
    let db = open();
    let read = |sql: &'static str| db.query_scalar::<tidegate_stores::Timestamp>(sql, ());
    assert_eq!(
        read("SELECT -1").unwrap_err().kind(),
        tidegate::ErrorKind::Conversion
    );
    assert_eq!(
        read("SELECT 'x'").unwrap_err().kind(),
        tidegate::ErrorKind::Conversion
    );
    let labels = db.query_scalar::<Labels>("SELECT '{\"a-b\":\"x\"}'", ());
    assert_eq!(labels.unwrap_err().kind(), tidegate::ErrorKind::Conversion);
}

#[test]
fn an_error_of_a_store_undoes_the_closure_and_comes_out_whole() {
    let db = open();
    db.execute_batch("CREATE TABLE t (x)").unwrap();
    let refused = db.write(|tx| {
        tx.execute("INSERT INTO t VALUES (1)", ())?;
        Labels::new([("a-b", "x")])?;
        Ok(())
    });
    assert_eq!(
        Error::from(refused.unwrap_err()).kind(),
        ErrorKind::InvalidInput
    );
    assert_eq!(
        db.query_scalar::<i64>("SELECT count(*) FROM t", ())
            .unwrap(),
        0
    );
}

#[test]
fn the_schema_is_whole_after_a_restart() {
    let db = open().reopened();
    let status = db.migrations_status(&schema::migrations()).unwrap();
    assert!(status.pending.is_empty());
    let foreign: Vec<String> = db
        .query("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'tg\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", ())
        .unwrap();
    assert_eq!(foreign, Vec::<String>::new());
}
