//! Tests of literals on the command line.

use super::*;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn words_become_values() {
    for (word, value) in [
        ("7", Value::Integer(7)),
        ("-7", Value::Integer(-7)),
        ("9223372036854775807", Value::Integer(i64::MAX)),
        ("2.5", Value::Real(2.5)),
        ("-1e3", Value::Real(-1000.0)),
        ("null", Value::Null),
        ("true", Value::Integer(1)),
        ("false", Value::Integer(0)),
        ("x'00ff'", Value::Blob(vec![0, 255])),
        ("x''", Value::Blob(vec![])),
        ("'7'", text("7")),
        ("\"null\"", text("null")),
        ("'it''s'", text("it's")),
        ("", text("")),
    ] {
        assert_eq!(literal(word), value, "{word}");
    }
}

#[test]
fn what_is_no_literal_stays_text() {
    for word in [
        "007",
        "+7",
        "0x10",
        "1_000",
        "NaN",
        "x'0'",
        "x'zz'",
        "'",
        "[1]",
        " 7",
        "Ada",
        "9223372036854775808",
        "99999999999999999999999",
        "x'é'",
    ] {
        assert_eq!(literal(word), text(word), "{word}");
    }
}

#[test]
fn a_pair_needs_a_name() {
    for pair in ["", "=1", "a b=1", "name", ":=1"] {
        assert!(name_and_value(pair).is_err(), "{pair}");
    }
    for pair in ["a=", ":a=1", "$a_1=x=y", "@ä=1"] {
        assert!(name_and_value(pair).is_ok(), "{pair}");
    }
}

#[test]
fn names_and_positions_cannot_be_mixed() {
    let args = ParamArgs {
        values: vec!["1".to_owned()],
        named: vec!["a=1".to_owned()],
        named_text: Vec::new(),
    };
    assert!(args.bind().is_err());
}
