//! What the redo log remembers, and when a group must end because of it.

use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::{Entry, MAX_BYTES, MAX_ENTRIES, Observer, Redo, Seen};
use crate::params::{IntoParams, Params};

/// What a closure is shown of rows of these values, one column each.
fn seen(values: &[Value]) -> Seen {
    let connection = Connection::open_in_memory().unwrap();
    let mut statement = connection.prepare("SELECT ?").unwrap();
    let mut observer = Observer::default();
    for value in values {
        let mut rows = statement.query([value]).unwrap();
        observer.row(rows.next().unwrap().unwrap(), true);
    }
    observer.seen(0, 0)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::Integer),
        any::<i32>().prop_map(|number| Value::Real(f64::from(number) / 8.0)),
        ".{0,20}".prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Blob),
    ]
}

proptest! {
    #[test]
    fn the_same_rows_look_the_same(values in prop::collection::vec(value(), 0..8)) {
        prop_assert_eq!(seen(&values), seen(&values));
    }

    #[test]
    fn a_row_more_or_less_is_noticed(values in prop::collection::vec(value(), 1..8)) {
        prop_assert_ne!(seen(&values), seen(&values[1..]));
    }

    #[test]
    fn another_number_is_noticed(mut values in prop::collection::vec(value(), 1..8), a: i64, b: i64, at: usize) {
        prop_assume!(a != b);
        let at = at % values.len();
        values[at] = Value::Integer(a);
        let before = seen(&values);
        values[at] = Value::Integer(b);
        prop_assert_ne!(before, seen(&values));
    }

    #[test]
    fn another_text_is_noticed(mut values in prop::collection::vec(value(), 1..8), a in ".{0,40}", b in ".{0,40}", at: usize) {
        prop_assume!(a != b);
        let at = at % values.len();
        values[at] = Value::Text(a);
        let before = seen(&values);
        values[at] = Value::Text(b);
        prop_assert_ne!(before, seen(&values));
    }
}

#[test]
fn the_order_of_rows_is_noticed() {
    let (one, two) = (Value::Integer(1), Value::Integer(2));
    assert_ne!(seen(&[one.clone(), two.clone()]), seen(&[two, one]));
}

#[test]
fn nothing_and_an_empty_text_are_not_the_same() {
    assert_ne!(seen(&[Value::Null]), seen(&[Value::Text(String::new())]));
}

fn statement(params: Params) -> Entry {
    Entry::Statement {
        sql: "INSERT INTO t VALUES (?)".into(),
        params,
        seen: seen(&[]),
    }
}

fn recording() -> Redo {
    let mut redo = Redo::default();
    redo.begin();
    redo
}

#[test]
fn only_an_open_group_is_recorded() {
    let mut redo = Redo::default();
    assert!(!redo.is_recording());
    redo.begin();
    assert!(redo.is_recording());
    redo.seal();
    assert!(redo.is_sealed() && !redo.is_recording());
    redo.begin();
    assert!(
        redo.is_recording() && !redo.is_sealed(),
        "a new group begins anew"
    );
    redo.push(Entry::Savepoint);
    redo.stop();
    assert!(!redo.is_recording());
    assert_eq!(redo.len(), 0);
}

#[test]
fn too_many_entries_seal_the_group() {
    let mut redo = recording();
    for _ in 1..MAX_ENTRIES {
        redo.push(Entry::Savepoint);
    }
    assert!(!redo.is_sealed());
    redo.push(Entry::Release);
    assert!(redo.is_sealed());
    assert_eq!(redo.len(), MAX_ENTRIES);
}

#[test]
fn too_many_bytes_seal_the_group() {
    let mut redo = recording();
    redo.push(statement(
        (vec![0_u8; MAX_BYTES / 2],).into_params().unwrap(),
    ));
    assert!(!redo.is_sealed());
    redo.push(statement(
        (vec![0_u8; MAX_BYTES / 2],).into_params().unwrap(),
    ));
    assert!(redo.is_sealed());
}

#[test]
fn an_undone_member_is_forgotten_and_the_log_can_be_taken_out_and_put_back() {
    let mut redo = recording();
    redo.push(Entry::Savepoint);
    redo.push(Entry::RollbackTo);
    redo.truncate(1);
    let entries = redo.detach();
    assert!(matches!(*entries, [Entry::Savepoint]));
    assert_eq!(redo.len(), 0);
    redo.attach(entries);
    assert_eq!(redo.len(), 1);
}
