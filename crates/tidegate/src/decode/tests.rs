//! Tests of decoding, against SQLite itself.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use proptest::prelude::*;
use rusqlite::Connection;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::{ColumnNames, decode_row};
use crate::error::{Error, ErrorKind, Result};
use crate::row::Row;
use crate::value::Value;

/// Every row of `sql`, decoded.
fn read_all<T: DeserializeOwned>(sql: &str) -> Result<Vec<T>> {
    let connection = Connection::open_in_memory().unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.raw_query();
    let names = ColumnNames::default();
    let mut out = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        out.push(decode_row(row, &names)?);
    }
    Ok(out)
}

fn read<T: DeserializeOwned>(sql: &str) -> Result<T> {
    read_all(sql).map(|rows| rows.into_iter().next().unwrap())
}

#[track_caller]
fn check<T: DeserializeOwned + PartialEq + Debug>(sql: &str, expected: T) {
    assert_eq!(read::<T>(sql).unwrap(), expected, "{sql}");
}

#[track_caller]
fn refuse<T: DeserializeOwned + Debug>(sql: &str, message: &str) -> Error {
    let error = read::<T>(sql).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conversion);
    assert_eq!(error.to_string(), message, "{sql}");
    error
}

#[derive(Debug, PartialEq, Deserialize)]
struct User {
    id: i64,
    name: String,
    #[serde(default)]
    tags: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    InProgress,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Id(i64);

#[test]
fn scalars_come_from_the_only_column() {
    check("SELECT 7", 7_i64);
    check("SELECT 255", 255_u8);
    check("SELECT -128", -128_i8);
    check(
        "SELECT 9223372036854775807",
        u64::try_from(i64::MAX).unwrap(),
    );
    check("SELECT -9223372036854775807 - 1", i64::MIN);
    check("SELECT 5", 5_i128);
    check("SELECT 5", 5_u128);
    check("SELECT 1", true);
    check("SELECT 0", false);
    check("SELECT 1.5", 1.5_f64);
    check("SELECT 1.5", 1.5_f32);
    check("SELECT 3", 3.0_f64);
    check("SELECT 'ab\u{e9}'", "ab\u{e9}".to_owned());
    check("SELECT 'ab'", Cow::<'static, str>::Borrowed("ab"));
    check("SELECT '\u{e9}'", '\u{e9}');
    check("SELECT x'00ff'", vec![0_u8, 255]);
    check("SELECT x''", Vec::<u8>::new());
    check("SELECT x'0102'", [1_u8, 2]);
    check("SELECT NULL", ());
    check("SELECT NULL", None::<i64>);
    check("SELECT 1", Some(1_i64));
    check("SELECT 'in_progress'", State::InProgress);
    check("SELECT 8", Id(8));
    check("SELECT NULL", Value::Null);
    check("SELECT x'01'", Value::Blob(vec![1]));
    check("SELECT 'a'", serde_json::json!("a"));
}

#[test]
fn tuples_come_by_position() {
    check("SELECT 1, 'a', 2.5", (1_i64, "a".to_owned(), 2.5_f64));
    check("SELECT 1", (1_i64,));
    check("SELECT 1, 2, 3", [1_i32, 2, 3]);
    check("SELECT 1, 2, 3", vec![1_i32, 2, 3]);
    check("SELECT 1, NULL", (1_i64, None::<String>));
    check("SELECT 'open', x'01'", (State::Open, vec![1_u8]));
    check("SELECT 1, 2", Some((1_i64, 2_i64)));
    check("SELECT 1, 1 AS x, 1 AS x", (1_i64, Value::Integer(1), true));
}

#[test]
fn structs_come_by_name_in_any_order() {
    let ann = |tags: Option<&str>| User {
        id: 1,
        name: "Ann".into(),
        tags: tags.map(Into::into),
    };
    check("SELECT 'Ann' AS name, 1 AS id", ann(None));
    check(
        "SELECT 'Ann' AS name, x'00' AS other, 1 AS id, 't' AS tags",
        ann(Some("t")),
    );
    check(
        "SELECT 1 AS id, 'Ann' AS name, NULL AS tags",
        Some(ann(None)),
    );
    check(
        "SELECT 1 AS id, 2 AS id2, 'Ann' AS name, 3 AS other, 4 AS other",
        ann(None),
    );
}

#[test]
fn every_serde_attribute_works() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Renamed {
        first_name: String,
        #[serde(alias = "years", alias = "jahre")]
        age: u8,
        #[serde(skip)]
        cached: bool,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }
    let expected = |rest: &[(&str, Value)]| Renamed {
        first_name: "A".into(),
        age: 3,
        cached: false,
        rest: rest
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    };
    check("SELECT 'A' AS firstName, 3 AS jahre", expected(&[]));
    check(
        "SELECT x'01' AS b, 'A' AS firstName, 3 AS years, 1.5 AS r",
        expected(&[("b", Value::Blob(vec![1])), ("r", Value::Real(1.5))]),
    );
}

#[test]
fn every_row_of_a_result_is_read_by_name() {
    let sql = "SELECT column1 AS name, column2 AS id FROM (VALUES ('a', 1), ('b', 2), ('c', 3))";
    let users = read_all::<User>(sql).unwrap();
    assert_eq!(
        users.iter().map(|user| user.id).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(users[2].name, "c");
}

#[test]
fn maps_come_by_name() {
    let map = HashMap::from([("a".to_owned(), 1_i64), ("b".to_owned(), 2)]);
    check("SELECT 1 AS a, 2 AS b", map);
    check(
        "SELECT 1 AS a, 'x' AS b",
        serde_json::json!({"a": 1, "b": "x"}),
    );
    refuse::<HashMap<String, i64>>(
        "SELECT 1 AS a, 2 AS b, 3 AS a",
        "the row does not fit: expected one column `a`, found several of that name",
    );
}

#[test]
fn a_wrong_type_names_column_and_types() {
    let error = refuse::<(i64, i64)>(
        "SELECT 1 AS id, 'secret' AS n",
        "column `n`: expected i64, found TEXT",
    );
    let conversion = error.conversion().unwrap();
    assert_eq!(
        (conversion.index, conversion.name.as_deref()),
        (Some(1), Some("n"))
    );
    assert_eq!((&*conversion.expected, &*conversion.found), ("i64", "TEXT"));
    for (sql, found) in [
        ("1.5", "REAL"),
        ("x'00'", "BLOB"),
        ("NULL", "NULL"),
        ("'1'", "TEXT"),
    ] {
        refuse::<i64>(
            &format!("SELECT {sql} AS c"),
            &format!("column `c`: expected i64, found {found}"),
        );
    }
    refuse::<String>(
        "SELECT 1 AS c",
        "column `c`: expected a string, found INTEGER",
    );
    refuse::<String>(
        "SELECT x'61' AS c",
        "column `c`: expected a string, found BLOB",
    );
    refuse::<f64>("SELECT '1.5' AS c", "column `c`: expected f64, found TEXT");
    refuse::<bool>(
        "SELECT 'true' AS c",
        "column `c`: expected a boolean, found TEXT",
    );
    refuse::<Vec<u8>>(
        "SELECT 'text' AS c",
        "column `c`: expected a sequence, found TEXT",
    );
    refuse::<()>("SELECT 1 AS c", "column `c`: expected unit, found INTEGER");
    refuse::<State>(
        "SELECT 1 AS c",
        "column `c`: expected enum State, found INTEGER",
    );
    refuse::<(User,)>(
        "SELECT 1 AS c",
        "column `c`: expected struct User, found INTEGER",
    );
    refuse::<(HashMap<String, i64>,)>("SELECT 1 AS c", "column `c`: expected a map, found INTEGER");
}

#[test]
fn a_value_out_of_range_is_refused_without_naming_it() {
    refuse::<u8>(
        "SELECT 256 AS c",
        "column `c`: expected u8, found INTEGER out of range",
    );
    refuse::<u64>(
        "SELECT -1 AS c",
        "column `c`: expected u64, found INTEGER out of range",
    );
    refuse::<bool>(
        "SELECT 2 AS c",
        "column `c`: expected a boolean, found INTEGER out of range",
    );
    refuse::<f64>(
        "SELECT 9007199254740993 AS c",
        "column `c`: expected f64, found INTEGER out of range",
    );
    refuse::<char>(
        "SELECT 'secret' AS c",
        "column `c`: expected a character, found TEXT with another content",
    );
    refuse::<State>(
        "SELECT 'secret' AS c",
        "column `c`: expected one of open, in_progress, found TEXT with another content",
    );
    refuse::<[u8; 4]>(
        "SELECT x'01' AS c",
        "column `c`: expected an array of length 4, found BLOB of 1 bytes",
    );
    refuse::<[u8; 2]>(
        "SELECT x'010203' AS c",
        "column `c`: expected BLOB of 2 bytes, found BLOB of 3 bytes",
    );
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    let message = "column `c`: expected TEXT in UTF-8, found TEXT in another encoding";
    refuse::<String>("SELECT CAST(x'ff' AS TEXT) AS c", message);
    refuse::<Value>("SELECT CAST(x'ff' AS TEXT) AS c", message);
    refuse::<Row>("SELECT 1, CAST(x'ff' AS TEXT) AS c", message);
    refuse::<State>("SELECT CAST(x'ff' AS TEXT) AS c", message);
}

#[test]
fn a_row_of_another_shape_is_refused() {
    let shape = |expected: &str, found: &str| {
        format!("the row does not fit: expected {expected}, found {found}")
    };
    refuse::<(i64, i64)>("SELECT 1", &shape("2 columns", "1 column"));
    refuse::<(i64, i64)>("SELECT 1, 2, 3", &shape("2 columns", "3 columns"));
    refuse::<i64>("SELECT 1, 2", &shape("1 column", "2 columns"));
    refuse::<String>("SELECT 'a', 'b'", &shape("1 column", "2 columns"));
    refuse::<User>(
        "SELECT 1 AS id, 2 AS age",
        &shape("a column `name`", "`id`, `age`"),
    );
    refuse::<User>(
        "SELECT 1 AS id, 'a' AS name, 2 AS id",
        &shape("one column `id`", "several of that name"),
    );
}

#[test]
fn unknown_columns_are_errors_only_where_the_type_says_so() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[expect(dead_code, reason = "only its name matters")]
        id: i64,
    }
    assert!(read::<Strict>("SELECT 1 AS id").is_ok());
    refuse::<Strict>(
        "SELECT 1 AS id, 2 AS more",
        "the row does not fit: expected only the columns id, not `more`, found a row of 2 columns",
    );
}

#[test]
fn a_hand_written_type_cannot_leak_what_it_read() {
    #[derive(Debug)]
    struct Picky;
    impl<'de> Deserialize<'de> for Picky {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            Err(serde::de::Error::custom(format!(
                "cannot take \"{text}\", especially {text}"
            )))
        }
    }
    refuse::<Picky>(
        "SELECT 'my secret' AS c",
        "column `c`: expected cannot take \"\u{2026}\", especially \u{2026}, found TEXT",
    );
}

#[test]
fn a_column_nobody_wants_may_hold_anything() {
    check(
        "SELECT CAST(x'ff' AS TEXT) AS other, 1 AS id, 'a' AS name",
        User {
            id: 1,
            name: "a".into(),
            tags: None,
        },
    );
    assert!(read::<IgnoredAny>("SELECT 1, 2").is_ok());
    assert!(read::<(i64, IgnoredAny)>("SELECT 1, CAST(x'ff' AS TEXT)").is_ok());
}

#[test]
fn enums_with_content_are_refused() {
    #[derive(Debug, Deserialize)]
    enum Rich {
        #[expect(dead_code, reason = "it is never made")]
        With(i64),
    }
    assert_eq!(
        read::<Rich>("SELECT 'With' AS c").unwrap_err().kind(),
        ErrorKind::Conversion
    );
}

proptest! {
    #[test]
    fn integers_survive_or_are_refused(integer in any::<i64>()) {
        let sql = format!("SELECT {integer}");
        let sql = if integer == i64::MIN { "SELECT -9223372036854775807 - 1".to_owned() } else { sql };
        prop_assert_eq!(read::<i64>(&sql).unwrap(), integer);
        prop_assert_eq!(read::<i16>(&sql).ok(), i16::try_from(integer).ok());
        prop_assert_eq!(read::<u64>(&sql).ok(), u64::try_from(integer).ok());
        if let Ok(float) = read::<f64>(&sql) {
            #[expect(clippy::cast_possible_truncation, reason = "the exact way back is the point")]
            let back = float as i128;
            prop_assert_eq!(back, i128::from(integer));
        }
    }

    #[test]
    fn errors_never_show_content(secret in "[a-zA-Z0-9]{6,20}") {
        let error = read::<(i64, i64)>(&format!("SELECT 1, 'zzz{secret}' AS c")).unwrap_err();
        let shown = format!("{error} {error:?}");
        prop_assert!(!shown.contains(&secret), "{}", shown);
    }
}
