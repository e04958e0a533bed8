//! Tests of the types told from rows.

use super::*;

fn declared(fields: &[&str]) -> String {
    let records: Vec<Record> = fields
        .iter()
        .map(|&field| Record::Fields(vec![field.to_owned()]))
        .collect();
    columns(None, records.iter(), "")[0].declared.clone()
}

#[test]
fn the_narrowest_type_that_holds_all() {
    for (fields, expected) in [
        (&["1", "-2", ""] as &[&str], "INTEGER"),
        (&["1", "2.5"], "REAL"),
        (&["1", "x"], "TEXT"),
        (&["007"], "TEXT"),
        (&["0.5", "0"], "REAL"),
        (&["+1"], "TEXT"),
        (&["99999999999999999999"], "REAL"),
        (&["", ""], "TEXT"),
        (&["2026-01-01"], "TEXT"),
    ] {
        assert_eq!(declared(fields), expected, "{fields:?}");
    }
}

#[test]
fn members_of_all_objects_become_columns() {
    // In the order of the file.
    let lines = [
        r#"{"z": 1}"#,
        r#"{"a": 1, "b": "x"}"#,
        r#"{"A": 2.5, "c": {"$base64": ""}}"#,
    ];
    let records: Vec<Record> = lines
        .iter()
        .map(|line| Record::Members(serde_json::from_str(line).unwrap()))
        .collect();
    let columns = columns(None, records.iter(), "");
    let found: Vec<(&str, &str)> = columns
        .iter()
        .map(|column| (column.name.as_str(), column.declared.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("z", "INTEGER"),
            ("a", "REAL"),
            ("b", "TEXT"),
            ("c", "BLOB")
        ]
    );
}
