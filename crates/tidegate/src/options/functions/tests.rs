//! What user functions and collations see, give, and leave behind when they fail.

use super::super::Options;
use super::*;

fn with_function(name: &str, arity: Arity) -> Options {
    Options::memory().function(name, arity, Determinism::Deterministic, |_| Ok(Value::Null))
}

fn connect(options: &Options) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    options.validate().unwrap();
    options.register(&connection).unwrap();
    connection
}

fn text(connection: &Connection, sql: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row(sql, [], |row| row.get(0))
}

#[test]
fn every_value_passes_through_a_function_unchanged() {
    let options = Options::memory().function(
        "same",
        Arity::Exactly(1),
        Determinism::Deterministic,
        |arguments| Ok(arguments[0].clone()),
    );
    let connection = connect(&options);
    for literal in [
        "NULL",
        "1",
        "-9223372036854775808",
        "1.5",
        "''",
        "'Grüße'",
        "x''",
        "x'00ff'",
    ] {
        let sql = format!("SELECT typeof(same({literal})) || quote(same({literal}))");
        let expected = format!("SELECT typeof({literal}) || quote({literal})");
        assert_eq!(
            text(&connection, &sql).unwrap(),
            text(&connection, &expected).unwrap(),
            "{literal}"
        );
    }
}

#[test]
fn a_function_of_any_arity_sees_all_its_arguments() {
    let options = Options::memory().function(
        "count_args",
        Arity::Any,
        Determinism::Volatile,
        |arguments| Ok(Value::Text(arguments.len().to_string())),
    );
    let connection = connect(&options);
    assert_eq!(
        text(&connection, "SELECT count_args()").unwrap().unwrap(),
        "0"
    );
    assert_eq!(
        text(&connection, "SELECT count_args(1, 2, 3, 4, 5, 6)")
            .unwrap()
            .unwrap(),
        "6"
    );
}

#[test]
fn a_failing_or_panicking_function_fails_its_statement_only() {
    let options = Options::memory()
        .function("fail", Arity::Any, Determinism::Volatile, |_| {
            Err(Error::misuse("no such luck"))
        })
        .function("panic", Arity::Any, Determinism::Volatile, |_| {
            panic!("out of cheese")
        })
        .aggregate(
            "late",
            Arity::Any,
            Determinism::Volatile,
            |(), _| Ok(()),
            |()| panic!("too late"),
        );
    let connection = connect(&options);
    let cases = [
        ("SELECT fail()", "fail", "no such luck"),
        ("SELECT panic()", "panic", "out of cheese"),
        ("SELECT late(1)", "late", "too late"),
        (
            "SELECT fail(CAST(x'ff' AS TEXT))",
            "fail",
            "argument 1 is text that is not UTF-8",
        ),
    ];
    for (sql, function, reason) in cases {
        let message = text(&connection, sql).unwrap_err().to_string();
        assert!(
            message.contains(&format!("`{function}`")) && message.contains(reason),
            "{message}"
        );
        assert_eq!(text(&connection, "SELECT 'well'").unwrap().unwrap(), "well");
    }
}

#[test]
fn the_error_of_a_function_keeps_its_kind() {
    let options = Options::memory()
        .function("fail", Arity::Any, Determinism::Volatile, |_| {
            Err(Error::misuse("no such luck"))
        })
        .function("panic", Arity::Any, Determinism::Volatile, |_| {
            panic!("out of cheese")
        });
    let connection = connect(&options);
    for (sql, kind) in [
        ("SELECT fail()", ErrorKind::Misuse),
        ("SELECT panic()", ErrorKind::Panicked),
    ] {
        let error = text(&connection, sql).unwrap_err();
        assert_eq!(
            take_function_error(&error).map(|error| error.kind()),
            Some(kind),
            "{sql}"
        );
        assert!(take_function_error(&error).is_none(), "taken already");
    }
}

#[test]
fn the_error_of_an_earlier_statement_is_not_taken_for_this_ones() {
    let fail = |_: &[Value]| Err(Error::misuse("no such luck"));
    let connection =
        connect(&Options::memory().function("fail", Arity::Any, Determinism::Volatile, fail));
    text(&connection, "SELECT fail()").unwrap_err();
    let other = text(&connection, "SELECT abs(-9223372036854775808)").unwrap_err();
    assert!(take_function_error(&other).is_none());
}

/// The product of the arguments, as an aggregate.
fn with_product() -> Options {
    let step = |state: &mut Option<i64>, arguments: &[Value]| -> Result<()> {
        let Value::Integer(factor) = arguments[0] else {
            return Err(Error::misuse("product takes integers"));
        };
        *state = Some(state.unwrap_or(1) * factor);
        Ok(())
    };
    let finish = |state: Option<i64>| Ok(state.map_or(Value::Null, Value::Integer));
    Options::memory().aggregate(
        "product",
        Arity::Exactly(1),
        Determinism::Deterministic,
        step,
        finish,
    )
}

#[test]
fn an_aggregate_keeps_its_groups_apart() {
    let connection = connect(&with_product());
    let from =
        "FROM (SELECT column1 % 2 AS odd, column1 AS n FROM (VALUES (1), (2), (3), (4), (5)))";
    let sql = format!(
        "SELECT group_concat(p) FROM (SELECT product(n) AS p {from} GROUP BY odd ORDER BY odd)"
    );
    assert_eq!(text(&connection, &sql).unwrap().unwrap(), "8,15");
    assert_eq!(
        text(
            &connection,
            &format!("SELECT product(n) {from} WHERE n > 9")
        )
        .unwrap(),
        None
    );
    let message = text(&connection, "SELECT product('x')")
        .unwrap_err()
        .to_string();
    assert!(message.contains("product takes integers"), "{message}");
}

#[test]
fn a_collation_orders() {
    let by_length =
        |left: &str, right: &str| left.len().cmp(&right.len()).then_with(|| left.cmp(right));
    let connection = connect(&Options::memory().collation("by_length", by_length));
    let values = "(VALUES ('ccc'), ('a'), ('bb'), ('aa'))";
    let sql = format!(
        "SELECT group_concat(t) FROM (SELECT column1 AS t FROM {values} ORDER BY t COLLATE by_length)"
    );
    assert_eq!(text(&connection, &sql).unwrap().unwrap(), "a,aa,bb,ccc");
}

#[test]
fn a_panicking_collation_falls_back_to_bytes() {
    let connection = connect(&Options::memory().collation("broken", |_, _| panic!("no order")));
    let values = "(VALUES ('b'), ('a'), ('c'))";
    let sql = format!(
        "SELECT group_concat(t) FROM (SELECT column1 AS t FROM {values} ORDER BY t COLLATE broken)"
    );
    assert_eq!(text(&connection, &sql).unwrap().unwrap(), "a,b,c");
}

#[test]
fn deterministic_functions_may_be_indexed_and_others_not() {
    let options = with_function("fixed", Arity::Exactly(1)).function(
        "fickle",
        Arity::Exactly(1),
        Determinism::Volatile,
        |_| Ok(Value::Null),
    );
    let connection = connect(&options);
    connection
        .execute_batch("CREATE TABLE t (a); CREATE INDEX good ON t (fixed(a))")
        .unwrap();
    let refused = connection
        .execute_batch("CREATE INDEX bad ON t (fickle(a))")
        .unwrap_err();
    assert!(
        refused.to_string().contains("non-deterministic"),
        "{refused}"
    );
}

#[test]
fn one_set_of_options_serves_many_connections_and_outlives_none() {
    let options = with_product();
    let connections = [connect(&options), connect(&options.clone())];
    drop(options);
    for connection in connections {
        assert_eq!(
            text(&connection, "SELECT CAST(product(7) AS TEXT)")
                .unwrap()
                .unwrap(),
            "7"
        );
    }
}
