//! Every kind of error from outside: its kind, its place, nothing of the bound values, and a database that still serves.

mod bad_input;
mod kinds;
mod ownership;

use std::error::Error as _;

use tidegate::{Database, Error, ErrorKind};

use crate::support::count;

/// A bound value that must never show up in an error.
const SECRET: &str = "s3cr3t";
/// And a number that must not.
const NUMBER: i64 = 4_711_471_147;
const NUMBER_TEXT: &str = "4711471147";

/// Checks an error's kind and that it keeps what was bound to itself.
#[track_caller]
fn assert_error(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error:?}");
    let mut text = format!("{error} {error:#} {error:?}");
    let mut source = error.source();
    while let Some(inner) = source {
        text += &format!(" {inner} {inner:?}");
        source = inner.source();
    }
    let told = ["s3cr3t", NUMBER_TEXT]
        .iter()
        .any(|bound| text.contains(bound));
    assert!(!told, "a bound value in an error: {text}");
}

/// Whatever went wrong before: a write and a read are served.
async fn assert_serves(db: &Database) {
    let before = count(db).await;
    db.execute("INSERT INTO t VALUES (NULL, 'still here')", ())
        .await
        .unwrap();
    assert_eq!(count(db).await, before + 1);
}
