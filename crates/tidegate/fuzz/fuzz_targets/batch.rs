//! Any batch of statements, compared with a model: all or nothing, or each by itself.
#![no_main]

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use tidegate::{Batch, Database};

const SCHEMA: &str = "DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT";

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Item {
    Insert(u8),
    InsertTwo(u8, u8),
    Delete(u8),
    Shift(u8),
    Broken,
    Unknown,
}

#[derive(Arbitrary, Debug)]
struct Round {
    atomic: bool,
    items: Vec<Item>,
}

fuzz_target!(|rounds: Vec<Round>| {
    let db = tidegate_fuzz::reused(SCHEMA);
    let mut model = BTreeSet::new();
    for round in rounds.into_iter().take(8) {
        match round.atomic {
            true => atomic(db, &mut model, &round.items),
            false => independent(db, &mut model, &round.items),
        }
        let rows: Vec<i64> = db.query("SELECT id FROM t", ()).wait().expect("reads");
        assert!(rows.iter().eq(model.iter()), "{rows:?} {model:?}");
    }
    tidegate_fuzz::assert_clean(db);
});

fn atomic(db: &Database, model: &mut BTreeSet<i64>, items: &[Item]) {
    let answer = db.batch(filled(Batch::atomic(), items)).wait();
    let mut after = model.clone();
    let expected: Vec<_> = items.iter().map(|item| item.apply(&mut after)).collect();
    match expected.iter().position(Option::is_none) {
        None => {
            let counts = answer.expect("all succeed").into_iter();
            let counts: Vec<u64> = counts.map(|count| count.expect("succeeds")).collect();
            assert!(counts.iter().copied().map(Some).eq(expected));
            *model = after;
        }
        first => assert_eq!(answer.expect_err("one fails").item(), first),
    }
}

fn independent(db: &Database, model: &mut BTreeSet<i64>, items: &[Item]) {
    let answers = db.batch(filled(Batch::independent(), items)).wait();
    let answers = answers.expect("is run to its end");
    assert_eq!(answers.len(), items.len());
    for (answer, item) in answers.into_iter().zip(items) {
        assert_eq!(answer.ok(), item.apply(model), "{item:?}");
    }
}

fn filled(batch: Batch, items: &[Item]) -> Batch {
    items.iter().fold(batch, |batch, item| match *item {
        Item::Insert(id) => batch.execute("INSERT INTO t VALUES (?)", (id,)),
        Item::InsertTwo(a, b) => batch.execute("INSERT INTO t VALUES (?), (?)", (a, b)),
        Item::Delete(id) => batch.execute("DELETE FROM t WHERE id = ?", (id,)),
        Item::Shift(id) => batch.execute("UPDATE t SET id = id + 1 WHERE id >= ?", (id,)),
        Item::Broken => batch.execute("INSERT INTO t VALUES ('text')", ()),
        Item::Unknown => batch.execute("INSERT INTO nowhere VALUES (?)", (1,)),
    })
}

impl Item {
    /// The number of rows it changes; `None` when it fails and changes none.
    fn apply(self, model: &mut BTreeSet<i64>) -> Option<u64> {
        match self {
            Item::Insert(id) => model.insert(id.into()).then_some(1),
            Item::InsertTwo(a, b) => {
                let (a, b) = (a.into(), b.into());
                let fits = a != b && !model.contains(&a) && !model.contains(&b);
                fits.then(|| model.extend([a, b])).map(|()| 2)
            }
            Item::Delete(id) => Some(u64::from(model.remove(&id.into()))),
            Item::Shift(id) => shift(model, id.into()),
            Item::Broken | Item::Unknown => None,
        }
    }
}

/// Row by row from below, as SQLite does it: a neighbour in the way is a violation.
fn shift(model: &mut BTreeSet<i64>, from: i64) -> Option<u64> {
    let moved: Vec<i64> = model.range(from..).copied().collect();
    if moved.windows(2).any(|pair| pair[0] + 1 == pair[1]) {
        return None;
    }
    model.retain(|id| *id < from);
    model.extend(moved.iter().map(|id| id + 1));
    Some(moved.len() as u64)
}
