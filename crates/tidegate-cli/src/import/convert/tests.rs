//! Tests of the conversion by declared type.

use super::*;

fn column(declared: &str) -> Column {
    Column::new("c", declared, false)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn fields_become_what_their_column_declares() {
    for (declared, field_text, value) in [
        ("INTEGER", "7", Value::Integer(7)),
        ("INTEGER", " -7 ", Value::Integer(-7)),
        ("BIGINT", "3.0", Value::Integer(3)),
        ("INTEGER", "true", Value::Integer(1)),
        ("REAL", "2", Value::Real(2.0)),
        ("DOUBLE PRECISION", "1e3", Value::Real(1000.0)),
        ("NUMERIC", "2.5", Value::Real(2.5)),
        ("DATE", "2026-01-01", text("2026-01-01")),
        ("BOOLEAN", "false", Value::Integer(0)),
        ("TEXT", "007", text("007")),
        ("VARCHAR(10)", " x ", text(" x ")),
        ("", "12", text("12")),
        ("BLOB", "\\x00ff", Value::Blob(vec![0, 255])),
        ("BLOB", "ab", Value::Blob(b"ab".to_vec())),
        ("TEXT", "", Value::Null),
        ("INTEGER", "", Value::Null),
    ] {
        assert_eq!(
            field(field_text, &column(declared), ""),
            Ok(value),
            "{declared} {field_text}"
        );
    }
}

#[test]
fn fields_that_do_not_fit_are_refused() {
    for (declared, wrong) in [
        ("INTEGER", "seven"),
        ("INTEGER", "7.5"),
        ("INTEGER", "9223372036854775808"),
        ("REAL", "nan"),
        ("REAL", "1,5"),
        ("BLOB", "\\xabc"),
        ("TEXT", "a\0b"),
    ] {
        assert!(
            field(wrong, &column(declared), "").is_err(),
            "{declared} {wrong}"
        );
    }
}

#[test]
fn empty_text_is_kept_where_null_is_forbidden() {
    let strict = Column::new("c", "TEXT", true);
    assert_eq!(field("", &strict, ""), Ok(text("")));
    assert_eq!(field("", &column("TEXT"), "\\N"), Ok(text("")));
    assert_eq!(field("\\N", &column("TEXT"), "\\N"), Ok(Value::Null));
}

#[test]
fn json_members_keep_their_type_where_the_column_allows() {
    for (declared, json, value) in [
        ("INTEGER", "7", Value::Integer(7)),
        ("INTEGER", "7.0", Value::Integer(7)),
        ("INTEGER", "\"7\"", Value::Integer(7)),
        ("REAL", "0.1", Value::Real(0.1)),
        ("TEXT", "7", text("7")),
        ("TEXT", "true", Value::Integer(1)),
        ("TEXT", "[1, 2]", text("[1,2]")),
        ("BLOB", r#"{"$base64": "AP8="}"#, Value::Blob(vec![0, 255])),
        (
            "REAL",
            r#"{"$real": "-inf"}"#,
            Value::Real(f64::NEG_INFINITY),
        ),
        ("", "null", Value::Null),
    ] {
        let json: Json = serde_json::from_str(json).unwrap();
        assert_eq!(
            member(&json, &column(declared)),
            Ok(value),
            "{declared} {json}"
        );
    }
}

#[test]
fn json_members_that_do_not_fit_are_refused() {
    for (declared, json) in [
        ("INTEGER", "7.5"),
        ("INTEGER", "18446744073709551615"),
        ("TEXT", r#""a\u0000b""#),
        ("BLOB", r#"{"$base64": "*"}"#),
    ] {
        let json: Json = serde_json::from_str(json).unwrap();
        assert!(
            member(&json, &column(declared)).is_err(),
            "{declared} {json}"
        );
    }
}
