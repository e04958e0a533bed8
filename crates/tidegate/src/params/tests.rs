//! Tests of parameters, against SQLite itself.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use rusqlite::Connection;

use super::{IntoParams, NamedParams, Params, ToParam, ZeroBlob, list, named};
use crate::decode::{ColumnNames, decode_row};
use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;

/// The row that `sql` gives with these parameters.
fn run(sql: &str, params: impl IntoParams) -> Result<Vec<Value>> {
    let connection = Connection::open_in_memory().unwrap();
    rusqlite::vtab::array::load_module(&connection).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    params.into_params()?.bind(&mut statement)?;
    let mut rows = statement.raw_query();
    let row = rows
        .next()
        .map_err(|error| Error::from_sqlite(error, Some(sql)))?
        .unwrap();
    decode_row::<crate::row::Row>(row, &ColumnNames::new()).map(crate::row::Row::into_values)
}

#[track_caller]
fn check(param: impl ToParam, expected: impl Into<Value>) {
    assert_eq!(run("SELECT ?1", (param,)).unwrap(), [expected.into()]);
}

#[track_caller]
fn refuse(sql: &str, params: impl IntoParams, kind: ErrorKind, message: &str) {
    let error = run(sql, params).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
}

#[test]
fn every_type_is_stored_as_documented() {
    check(7_i8, 7);
    check(u32::MAX, 4_294_967_295_i64);
    check(9_u64, 9);
    check(9_usize, 9);
    check(-9_i128, -9);
    check(9_u128, 9);
    check(true, 1);
    check(1.5_f32, 1.5);
    check(f64::INFINITY, f64::INFINITY);
    check("text", "text");
    check("", "");
    check("x".repeat(23).as_str(), "x".repeat(23));
    check("x".repeat(24).as_str(), "x".repeat(24));
    check("with\0nul", "with\0nul");
    check(String::from("text"), "text");
    check(String::from("text").as_str(), "text");
    let (text, number) = (String::from("text"), &7_i64);
    check(&text, "text");
    check(number, 7);
    check(Cow::Borrowed("text"), "text");
    check(Cow::<str>::Owned("text".into()), "text");
    check(Box::<str>::from("text"), "text");
    check(Arc::<str>::from("text"), "text");
    check('\u{e9}', "\u{e9}");
    check([1_u8, 2], vec![1, 2]);
    check([1_u8, 2].as_slice(), vec![1, 2]);
    check(vec![1_u8, 2], vec![1, 2]);
    check(Vec::<u8>::new(), Vec::new());
    check(None::<i64>, Value::Null);
    check(Some("a"), "a");
    check(Value::Text("a".into()), "a");
    check(ZeroBlob(3), vec![0, 0, 0]);
    check(UNIX_EPOCH + Duration::from_secs(1), 1_000_000);
    check(UNIX_EPOCH - Duration::from_micros(1), -1);
}

#[cfg(feature = "uuid")]
#[test]
fn a_uuid_is_sixteen_bytes_and_is_read_from_bytes_or_text() {
    let id = uuid::Uuid::from_u128(7);
    check(id, id.as_bytes().to_vec());
    for sql in [
        "SELECT x'00000000000000000000000000000007'",
        "SELECT '00000000-0000-0000-0000-000000000007'",
    ] {
        let connection = Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.raw_query();
        let row = rows.next().unwrap().unwrap();
        assert_eq!(
            decode_row::<uuid::Uuid>(row, &ColumnNames::new()).unwrap(),
            id
        );
    }
}

#[test]
fn what_sqlite_cannot_hold_is_refused_and_says_where() {
    let beyond = |at: &str, what: &str| {
        format!("{at}: the {what} does not fit SQLite's INTEGER of 64 signed bits")
    };
    let conversion = ErrorKind::Conversion;
    refuse(
        "SELECT ?1, ?2",
        (1, u64::MAX),
        conversion,
        &beyond("parameter 2", "u64"),
    );
    refuse(
        "SELECT ?1",
        [usize::MAX],
        conversion,
        &beyond("parameter 1", "usize"),
    );
    refuse(
        "SELECT ?1",
        vec![i128::MIN],
        conversion,
        &beyond("parameter 1", "i128"),
    );
    refuse(
        "SELECT ?1",
        Params::new().push(u128::MAX),
        conversion,
        &beyond("parameter 1", "u128"),
    );
    refuse(
        "SELECT :a",
        Params::named().bind("a", u64::MAX),
        conversion,
        &beyond("parameter `a`", "u64"),
    );
    let nan = "parameter 1: NaN cannot be stored: SQLite would make it NULL";
    refuse("SELECT ?1", (f64::NAN,), conversion, nan);
    refuse("SELECT ?1", (f32::NAN,), conversion, nan);
    refuse("SELECT ?1", (Value::Real(f64::NAN),), conversion, nan);
    let item = "parameter 1: list item 1: the u64 does not fit SQLite's INTEGER of 64 signed bits";
    refuse(
        "SELECT 1 IN rarray(?1)",
        (list([1, u64::MAX]),),
        conversion,
        item,
    );
}

#[test]
fn every_container_is_positional() {
    let sql = "SELECT ?1, ?2";
    let expected = [Value::Integer(1), Value::Integer(2)];
    let vector = vec![1, 2];
    assert_eq!(run(sql, (1, 2)).unwrap(), expected);
    assert_eq!(run(sql, [1, 2]).unwrap(), expected);
    let array = &[1, 2];
    assert_eq!(run(sql, array).unwrap(), expected);
    assert_eq!(run(sql, vector.as_slice()).unwrap(), expected);
    assert_eq!(run(sql, vector).unwrap(), expected);
    assert_eq!(run(sql, crate::params![1, 2]).unwrap(), expected);
    assert_eq!(run("SELECT 1, 2", ()).unwrap(), expected);
}

#[test]
fn sixteen_values_fit_a_tuple() {
    let sql = "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16";
    let values = run(
        sql,
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, "16"),
    )
    .unwrap();
    assert_eq!(values[14..], [Value::Integer(15), Value::Text("16".into())]);
}

#[test]
fn a_wrong_number_is_refused() {
    let misuse = ErrorKind::Misuse;
    refuse(
        "SELECT ?1, ?2",
        (1,),
        misuse,
        "the statement takes 2 parameters, 1 given",
    );
    refuse(
        "SELECT ?1",
        (1, 2),
        misuse,
        "the statement takes 1 parameter, 2 given",
    );
    refuse(
        "SELECT 1",
        (1,),
        misuse,
        "the statement takes 0 parameters, 1 given",
    );
    refuse(
        "SELECT :a",
        (),
        misuse,
        "the statement takes 1 parameter, 0 given",
    );
}

#[test]
fn names_match_with_or_without_prefix() {
    let expected = [Value::Integer(1), Value::Integer(2), Value::Integer(3)];
    let sql = "SELECT :a, @b, $c";
    assert_eq!(
        run(sql, named([("c", 3), ("b", 2), ("a", 1)])).unwrap(),
        expected
    );
    assert_eq!(
        run(sql, named([(":a", 1), ("@b", 2), ("$c", 3)])).unwrap(),
        expected
    );
    assert_eq!(
        run("SELECT :a, :a", named([("a", 1)])).unwrap(),
        [Value::Integer(1), Value::Integer(1)]
    );
    assert_eq!(run(sql, (1, 2, 3)).unwrap(), expected);
    assert_eq!(run("SELECT ?1", named([("1", 1)])).unwrap(), expected[..1]);
}

#[test]
fn a_wrong_name_is_refused() {
    let misuse = ErrorKind::Misuse;
    let unknown = "the statement has no parameter `b`; it has :a";
    refuse("SELECT :a", named([("a", 1), ("b", 2)]), misuse, unknown);
    refuse(
        "SELECT 1",
        named([("b", 2)]),
        misuse,
        "the statement has no parameter `b`; it has none with a name",
    );
    refuse(
        "SELECT :a, :b",
        named([("a", 1)]),
        misuse,
        "parameter `:b` is missing",
    );
    refuse(
        "SELECT :a",
        named([("a", 1), (":a", 2)]),
        misuse,
        "parameter `:a` is given twice",
    );
    refuse(
        "SELECT :a",
        named([("a", 1), ("a", 2)]),
        misuse,
        "parameter `a` is given twice",
    );
    refuse(
        "SELECT :a, ?",
        named([("a", 1)]),
        misuse,
        "the statement's parameter 2 has no name",
    );
    refuse(
        "SELECT :a",
        named([("@a", 1)]),
        misuse,
        "the statement has no parameter `@a`; it has :a",
    );
}

#[test]
fn a_list_stands_for_any_number_of_values() {
    let sql = "SELECT count(*) FROM (SELECT 1 AS x UNION SELECT 2 UNION SELECT 'a') WHERE x IN rarray(?1)";
    let count = |params: Params| run(sql, params).unwrap();
    assert_eq!(count(crate::params![list([1, 2, 3])]), [Value::Integer(2)]);
    assert_eq!(count(crate::params![list(["a", "b"])]), [Value::Integer(1)]);
    assert_eq!(
        count(crate::params![list(Vec::<i64>::new())]),
        [Value::Integer(0)]
    );
    assert_eq!(
        count(crate::params![list([
            Value::Integer(1),
            Value::Text("a".into())
        ])]),
        [Value::Integer(2)]
    );
    refuse(
        sql,
        (list([list([1])]),),
        ErrorKind::Misuse,
        "parameter 1: list item 0: a list holds plain values only",
    );
}

#[test]
fn the_same_parameters_can_be_bound_again() {
    let connection = Connection::open_in_memory().unwrap();
    rusqlite::vtab::array::load_module(&connection).unwrap();
    let params = (list([1, 2]), "text").into_params().unwrap();
    for _ in 0..2 {
        let mut statement = connection
            .prepare("SELECT ?2 WHERE 2 IN rarray(?1)")
            .unwrap();
        params.bind(&mut statement).unwrap();
        assert!(statement.raw_query().next().unwrap().is_some());
    }
}

#[test]
fn a_blob_beyond_the_limit_is_too_big() {
    refuse(
        "SELECT ?1",
        (ZeroBlob(1 << 40),),
        ErrorKind::TooBig,
        "parameter 1: string or blob too big",
    );
}

#[test]
fn debug_output_shows_types_and_sizes_only() {
    let params = crate::params![
        "secret",
        12_345,
        vec![7_u8; 3],
        None::<i64>,
        Arc::<str>::from("x"),
        ZeroBlob(9)
    ];
    let expected =
        "[TEXT(6 bytes), INTEGER, BLOB(3 bytes), NULL, TEXT(1 bytes), BLOB(9 zero bytes)]";
    assert_eq!(format!("{params:?}"), expected);
    let params = named([("a", "secret")]).into_params().unwrap();
    assert_eq!(format!("{params:?}"), r#"{"a": TEXT(6 bytes)}"#);
    let params = crate::params![list([1, 2])];
    assert_eq!(
        format!("{params:?} {:?}", list(["secret"])),
        "[LIST(2 items)] LIST(1 items)"
    );
}

#[test]
fn sizes_are_those_of_the_contents() {
    let size = |params: Params| params.size_bytes();
    let slot = size_of::<super::Param>();
    assert_eq!(size(Params::new()), 0);
    assert_eq!(size(crate::params![1]), slot);
    assert_eq!(size(crate::params![vec![0_u8; 1000]]), slot + 1000);
    assert_eq!(
        size(crate::params!["x".repeat(100), Arc::<str>::from("abc")]),
        2 * slot + 103
    );
    assert!(size(crate::params![list(vec!["x"; 10])]) > slot + 10);
    assert_eq!(
        (crate::params![1, 2].len(), Params::new().is_empty()),
        (2, true)
    );
}

#[test]
fn parameters_can_go_to_another_thread() {
    fn sendable<T: Send + 'static>() {}
    sendable::<Params>();
    sendable::<NamedParams>();
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::Integer),
        any::<f64>()
            .prop_filter("NaN is refused", |real| !real.is_nan())
            .prop_map(Value::Real),
        any::<String>().prop_map(Value::Text),
        any::<Vec<u8>>().prop_map(Value::Blob),
    ]
}

proptest! {
    #[test]
    fn values_survive_sqlite(values in prop::collection::vec(any_value(), 0..9)) {
        let places = vec!["?"; values.len()].join(", ");
        let sql = format!("SELECT 0, {places}");
        let sql = sql.trim_end_matches([' ', ',']);
        let row = run(sql, values.clone()).unwrap();
        prop_assert_eq!(&row[1..], &values[..]);
    }

    #[test]
    fn texts_survive_in_every_form(text in any::<String>()) {
        let row = run("SELECT ?1, ?2, ?3", (text.as_str(), text.clone(), Arc::<str>::from(text.as_str()))).unwrap();
        prop_assert!(row.iter().all(|value| *value == Value::Text(text.clone())));
    }
}
