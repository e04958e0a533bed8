//! Tests of dynamic rows.

use std::sync::Arc;

use proptest::prelude::*;
use rusqlite::Connection;

use super::{Row, RowRef};
use crate::decode::{ColumnNames, decode_row};
use crate::error::ErrorKind;
use crate::value::{Value, ValueRef};

const SQL: &str = "SELECT 1 AS id, 'Ann' AS Name, NULL AS note, x'0102' AS data";

/// Looks at the first row of `sql`.
fn look<R>(sql: &str, look: impl FnOnce(&RowRef<'_>) -> R) -> R {
    let connection = Connection::open_in_memory().unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.raw_query();
    let names = ColumnNames::new();
    look(&RowRef::new(rows.next().unwrap().unwrap(), &names))
}

fn row(sql: &str) -> Row {
    look(sql, |row| row.decode().unwrap())
}

#[test]
fn an_owned_row_gives_columns_by_position_and_name() {
    let row = row(SQL);
    assert_eq!(row.get::<i64>(0).unwrap(), 1);
    assert_eq!(row.get::<i64>("id").unwrap(), 1);
    assert_eq!(row.get::<&str>("Name").unwrap(), "Ann");
    assert_eq!(row.get::<&str>(&"NAME".to_owned()).unwrap(), "Ann");
    assert_eq!(row.get::<Option<String>>("note").unwrap(), None);
    assert_eq!(row.get::<Vec<u8>>("data").unwrap(), [1, 2]);
    assert_eq!(
        row.columns().iter().collect::<Vec<_>>(),
        ["id", "Name", "note", "data"]
    );
    assert_eq!((row.len(), row.is_empty()), (4, false));
    assert_eq!(row.iter().next(), Some(("id", &Value::Integer(1))));
    assert_eq!(row.values()[3], Value::Blob(vec![1, 2]));
    let as_tuple: (i64, &str, Option<i64>, Vec<u8>) = row.decode().unwrap();
    assert_eq!(as_tuple, (1, "Ann", None, vec![1, 2]));
    assert_eq!(row.into_values()[1], Value::Text("Ann".into()));
}

#[test]
fn a_borrowed_row_copies_nothing() {
    look(SQL, |row| {
        assert_eq!(row.get::<&str>("Name").unwrap(), "Ann");
        assert_eq!(row.get::<&[u8]>(3).unwrap(), [1, 2]);
        assert_eq!(row.value(0).unwrap(), ValueRef::Integer(1));
        assert_eq!(row.value("name").unwrap(), ValueRef::Text("Ann"));
        assert_eq!(
            row.decode::<(i64, &str, (), &[u8])>().unwrap(),
            (1, "Ann", (), &[1_u8, 2][..])
        );
        assert_eq!(row.columns().position("note").unwrap(), 2);
        assert_eq!(
            format!("{row:?}"),
            r#"RowRef { columns: ["id", "Name", "note", "data"], .. }"#
        );
    });
}

#[track_caller]
fn refuse<T: std::fmt::Debug>(outcome: crate::Result<T>, kind: ErrorKind, message: &str) {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
}

#[test]
fn a_wrong_column_is_refused() {
    let row = row("SELECT 1 AS a, 2 AS b, 3 AS B");
    refuse(
        row.get::<i64>(3),
        ErrorKind::Misuse,
        "there is no column 3; the row has 3",
    );
    refuse(
        row.get::<i64>("c"),
        ErrorKind::Misuse,
        "there is no column `c`; there are `a`, `b`, `B`",
    );
    assert_eq!(row.get::<i64>("B").unwrap(), 3);
    assert_eq!(row.get::<i64>("A").unwrap(), 1);
    refuse(
        row.get::<&str>("a"),
        ErrorKind::Conversion,
        "column `a`: expected a borrowed string, found INTEGER",
    );
    let twice = look("SELECT 1 AS a, 2 AS a", |row| row.get::<i64>("a"));
    refuse(
        twice,
        ErrorKind::Misuse,
        "more than one column is called `a`",
    );
    let broken = look("SELECT CAST(x'ff' AS TEXT) AS c", |row| {
        row.value(0).map(ValueRef::to_owned)
    });
    refuse(
        broken,
        ErrorKind::Conversion,
        "column `c`: expected TEXT in UTF-8, found TEXT in another encoding",
    );
}

#[test]
fn the_rows_of_a_result_share_their_names() {
    let connection = Connection::open_in_memory().unwrap();
    let mut statement = connection.prepare("SELECT 1 AS a UNION SELECT 2").unwrap();
    let mut rows = statement.raw_query();
    let names = ColumnNames::new();
    let mut read = || decode_row::<Row>(rows.next().unwrap().unwrap(), &names).unwrap();
    let (first, second) = (read(), read());
    assert!(std::ptr::eq(first.columns(), second.columns()));
    assert_ne!(first, second);
}

#[test]
fn a_row_is_a_map_elsewhere() {
    let row = row("SELECT 1 AS id, 'Ann' AS name, NULL AS note");
    let json = serde_json::to_string(&row).unwrap();
    assert_eq!(json, r#"{"id":1,"name":"Ann","note":null}"#);
    assert_eq!(serde_json::from_str::<Row>(&json).unwrap(), row);
    for wrong in ["null", "[1]", r#"{"a": 1, "a": 2}"#, r#"{"a": {}}"#] {
        assert!(serde_json::from_str::<Row>(wrong).is_err(), "{wrong}");
    }
    assert_eq!(
        format!("{row:?}"),
        r#"{"id": Integer(1), "name": Text("Ann"), "note": Null}"#
    );
}

#[test]
fn an_optional_row_and_one_inside_another_type_are_decided_by_shape() {
    let some: Option<Row> = look("SELECT 1 AS a", |row| row.decode().unwrap());
    assert_eq!(some.unwrap().len(), 1);
    let inside = look("SELECT 1 AS a, 2 AS b", |row| row.decode::<(Row, i64)>());
    refuse(
        inside,
        ErrorKind::Conversion,
        "column `a`: expected a row, found INTEGER",
    );
}

proptest! {
    #[test]
    fn names_are_found_where_they_stand(names in prop::collection::hash_set("[a-z]{1,8}", 1..20)) {
        let columns: Arc<crate::decode::Columns> = Arc::new(names.iter().collect());
        for (index, name) in names.iter().enumerate() {
            prop_assert_eq!(columns.position(name).unwrap(), index);
            prop_assert_eq!(columns.position(&name.to_uppercase()).unwrap(), index);
            prop_assert_eq!(columns.get(index), Some(name.as_str()));
        }
        prop_assert_eq!(columns.len(), names.len());
    }
}
