//! Tests of the values.

use proptest::prelude::*;

use super::{Shape, Value, ValueRef};

/// Any value that survives JSON: no blobs, which JSON knows as arrays, and only short floats.
fn any_plain() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::Integer),
        any::<i32>().prop_map(|half| Value::Real(f64::from(half) + 0.5)),
        any::<String>().prop_map(Value::Text),
    ]
}

#[test]
fn type_names_are_those_of_sqlite() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let cases = [
        (Value::Null, "NULL"),
        (Value::Integer(1), "1"),
        (Value::Real(1.5), "1.5"),
        (Value::Text("a".into()), "'a'"),
        (Value::Blob(vec![1]), "x'01'"),
    ];
    for (value, sql) in cases {
        let name: String = connection
            .query_row(&format!("SELECT typeof({sql})"), [], |row| row.get(0))
            .unwrap();
        assert_eq!(value.type_name().to_lowercase(), name);
        assert_eq!(value.as_ref().to_owned(), value);
        assert_eq!(value.is_null(), name == "null");
    }
}

#[test]
fn values_are_made_from_rust_types() {
    let cases: [(Value, Value); 9] = [
        (7_i8.into(), Value::Integer(7)),
        (u32::MAX.into(), Value::Integer(4_294_967_295)),
        (true.into(), Value::Integer(1)),
        (1.5_f32.into(), Value::Real(1.5)),
        ("a".into(), Value::Text("a".into())),
        (vec![1_u8].into(), Value::Blob(vec![1])),
        (None::<i64>.into(), Value::Null),
        (Some("a").into(), Value::Text("a".into())),
        (ValueRef::Blob(&[1]).into(), Value::Blob(vec![1])),
    ];
    for (made, expected) in cases {
        assert_eq!(made, expected);
    }
}

#[test]
fn a_shape_shows_size_but_no_content() {
    assert_eq!(
        format!("{:?}", Shape(ValueRef::Text("secret"))),
        "TEXT(6 bytes)"
    );
    assert_eq!(
        format!("{:?}", Shape(ValueRef::Blob(&[7; 3]))),
        "BLOB(3 bytes)"
    );
    assert_eq!(format!("{:?}", Shape(ValueRef::Integer(12345))), "INTEGER");
}

#[test]
fn other_formats_become_values() {
    let read = |json: &str| serde_json::from_str::<Value>(json).ok();
    assert_eq!(read("true"), Some(Value::Integer(1)));
    assert_eq!(read("[1, 255]"), Some(Value::Blob(vec![1, 255])));
    assert_eq!(read("18446744073709551615"), None);
    assert_eq!(read("[256]"), None);
    assert_eq!(read("{}"), None);
}

proptest! {
    #[test]
    fn values_survive_json(value in any_plain()) {
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value);
    }

    #[test]
    fn blobs_survive_json(bytes in any::<Vec<u8>>()) {
        let json = serde_json::to_string(&Value::Blob(bytes.clone())).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), Value::Blob(bytes));
    }
}
