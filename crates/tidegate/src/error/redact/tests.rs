//! Tests that bound values stay out of messages.

use proptest::prelude::*;
use rusqlite::{Connection, ffi};

use crate::error::tests::{database, run};
use crate::error::{Error, ErrorKind};
use crate::params::{IntoParams, Params};

#[test]
fn json_functions_quote_values_and_are_redacted() {
    let connection = Connection::open_in_memory().unwrap();
    let cases = [
        ("SELECT json_extract('{}', ?1)", "$x.confidential"),
        ("SELECT json(?1)", "{confidential"),
    ];
    for (sql, secret) in cases {
        let error = run(&connection, sql, (secret,));
        let shown = format!("{error} {error:?}");
        assert!(
            error.kind() == ErrorKind::Query && !shown.contains("confidential"),
            "{shown}"
        );
    }
}

#[test]
fn full_text_search_quotes_values_and_is_redacted() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE VIRTUAL TABLE docs USING fts5 (body)")
        .unwrap();
    for secret in [
        "confidential:x",
        "confidential \"",
        "AND confidential",
        "x^confidential(",
    ] {
        let error = run(
            &connection,
            "SELECT * FROM docs WHERE docs MATCH ?1",
            (secret,),
        );
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("confidential"), "{shown}");
    }
}

#[test]
fn a_message_made_from_the_schema_is_not_redacted() {
    let error = run(
        &database(),
        "INSERT INTO parent VALUES (2, ?1, 1, 1)",
        ("parent constraint UNIQUE",),
    );
    assert_eq!(
        error.to_string(),
        "UNIQUE constraint failed: parent.a, parent.b"
    );
}

#[test]
fn a_trigger_that_quotes_a_value_is_redacted() {
    let connection = Connection::open_in_memory().unwrap();
    let raise = "CREATE TABLE t (x); CREATE TRIGGER g BEFORE INSERT ON t \
        BEGIN SELECT RAISE(ABORT, 'refused: ' || new.x); END;";
    connection.execute_batch(raise).unwrap();
    let error = run(&connection, "INSERT INTO t VALUES (?1)", ("top secret",));
    assert_eq!(error.to_string(), "refused: \u{2026}");
}

/// A failure at run time with this message, redacted by these parameters.
fn redacted(message: &str, params: Params) -> String {
    let error = ffi::Error::new(ffi::SQLITE_ERROR);
    let failure = rusqlite::Error::SqliteFailure(error, Some(message.to_owned()));
    Error::from_sqlite(failure, None)
        .redact(&params.into_params().unwrap())
        .to_string()
}

#[test]
fn fragments_are_replaced_and_the_rest_is_kept() {
    let cases = [
        (
            "near \"foo bar\": error",
            "x foo bar y",
            "near \"\u{2026}\": error",
        ),
        ("no such column: Foo", "a foo b", "no such column: \u{2026}"),
        ("it's 'open", "open", "it's '\u{2026}"),
        ("ab is short", "ab", "ab is short"),
        ("nothing to hide", "", "nothing to hide"),
        ("wert: größe", "die größe", "wert: \u{2026}"),
    ];
    for (message, bound, expected) in cases {
        assert_eq!(redacted(message, crate::params![bound]), expected);
    }
    assert_eq!(
        redacted(
            "bad 12345 and abc",
            crate::params![12_345, b"xabcx".to_vec()]
        ),
        "bad \u{2026} and \u{2026}"
    );
    assert_eq!(
        redacted("bad abc", crate::params![crate::params::list(["zabc"])]),
        "bad \u{2026}"
    );
}

proptest! {
    #[test]
    fn no_fragment_of_a_bound_value_survives(
        before in "[A-Z]{0,8} ?",
        secret in "[a-z0-9]{3,12}( [a-z0-9]{3,12}){0,3}",
        after in "[\"': ]{0,3}[A-Z]{0,8}",
        quoted in any::<bool>(),
        skipped in 0_usize..3,
    ) {
        let fragment: Vec<&str> = secret.split(' ').skip(skipped).collect();
        let fragment = fragment.join(" ");
        let message = if quoted { format!("{before}\"{fragment}\"{after}") } else { format!("{before} {fragment} {after}") };
        let shown = redacted(&message, crate::params![secret.as_str()]);
        for word in fragment.split(' ').filter(|word| !word.is_empty()) {
            prop_assert!(!shown.contains(word), "{:?} in {:?}", word, shown);
        }
    }

    #[test]
    fn redacting_never_panics(message in any::<String>(), text in any::<String>(), bytes in any::<Vec<u8>>()) {
        let _ = redacted(&message, crate::params![text, bytes]);
    }
}
