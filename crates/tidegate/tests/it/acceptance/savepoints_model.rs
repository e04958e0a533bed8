//! Case 5: random interactive transactions with savepoints in them, against a model.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tidegate::{Database, Savepoint, Transaction};
use tidegate_testkit::poll::block_on;

use crate::support::{ids, open_with};

/// How a transaction or a savepoint ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Commit,
    Rollback,
    Drop,
}

#[derive(Clone, Debug)]
enum Step {
    /// Fails, and changes nothing, where the row is there.
    Insert(i64),
    Delete(i64),
    /// As a closure that inserts both or none.
    Both(i64, i64),
    /// Asks for what is there.
    Look,
    Savepoint(Vec<Step>, End),
}

#[derive(Clone, Debug)]
struct Script {
    steps: Vec<Step>,
    end: End,
}

type Rows = BTreeSet<i64>;

// The model.

fn expect(rows: &mut Rows, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Insert(id) => drop(rows.insert(*id)),
            Step::Delete(id) => drop(rows.remove(id)),
            Step::Both(a, b) if a != b && !rows.contains(a) && !rows.contains(b) => {
                rows.extend([*a, *b]);
            }
            Step::Both(..) | Step::Look => {}
            Step::Savepoint(steps, end) => expect_scope(rows, steps, *end),
        }
    }
}

fn expect_scope(rows: &mut Rows, steps: &[Step], end: End) {
    let mut inner = rows.clone();
    expect(&mut inner, steps);
    if let End::Commit = end {
        *rows = inner;
    }
}

// The database.

/// What the model is checked against along the way.
struct Play {
    rows: Rows,
}

macro_rules! play_steps {
    ($play:expr, $scope:expr, $steps:expr) => {
        for step in $steps {
            match step {
                Step::Insert(id) => {
                    let inserted = $scope.execute("INSERT INTO t VALUES (?, 1)", (*id,)).await;
                    assert_eq!(inserted.is_ok(), $play.rows.insert(*id));
                }
                Step::Delete(id) => {
                    let deleted = $scope.execute("DELETE FROM t WHERE id = ?", (*id,)).await;
                    assert_eq!(deleted.unwrap() > 0, $play.rows.remove(id));
                }
                Step::Both(a, b) => {
                    let (a, b) = (*a, *b);
                    let both = $scope.run(move |tx| {
                        tx.execute("INSERT INTO t VALUES (?, 1)", (a,))?;
                        tx.execute("INSERT INTO t VALUES (?, 1)", (b,))
                    });
                    let before = $play.rows.clone();
                    let fits = $play.rows.insert(a) & $play.rows.insert(b);
                    assert_eq!(both.await.is_ok(), fits);
                    if !fits {
                        $play.rows = before;
                    }
                }
                Step::Look => {
                    let seen: Vec<(i64,)> = $scope
                        .query("SELECT id FROM t ORDER BY id", ())
                        .await
                        .unwrap();
                    assert!(
                        seen.into_iter()
                            .map(|(id,)| id)
                            .eq($play.rows.iter().copied())
                    );
                }
                Step::Savepoint(steps, end) => {
                    let before = $play.rows.clone();
                    let inner = $scope.savepoint().await.unwrap();
                    play_savepoint($play, inner, steps, *end).await;
                    if !matches!(end, End::Commit) {
                        $play.rows = before;
                    }
                }
            }
        }
    };
}

fn play_savepoint<'p>(
    play: &'p mut Play,
    mut savepoint: Savepoint<'p>,
    steps: &'p [Step],
    end: End,
) -> Pin<Box<dyn Future<Output = ()> + 'p>> {
    Box::pin(async move {
        play_steps!(play, savepoint, steps);
        match end {
            End::Commit => savepoint.commit().await.unwrap(),
            End::Rollback => savepoint.rollback().await.unwrap(),
            End::Drop => drop(savepoint),
        }
    })
}

async fn play(db: &Database, script: &Script) {
    let rows = ids(db).await.into_iter().collect();
    let mut play = Play { rows };
    let mut tx: Transaction = db.begin().await.unwrap();
    play_steps!(&mut play, tx, &script.steps);
    match script.end {
        End::Commit => tx.commit().await.unwrap(),
        End::Rollback => tx.rollback().await.unwrap(),
        End::Drop => drop(tx),
    }
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![3 => Just(End::Commit), 1 => Just(End::Rollback), 1 => Just(End::Drop)]
}

fn step() -> impl Strategy<Value = Step> {
    let id = || 1..6i64;
    let plain = prop_oneof![
        3 => id().prop_map(Step::Insert),
        1 => id().prop_map(Step::Delete),
        1 => (id(), id()).prop_map(|(a, b)| Step::Both(a, b)),
        1 => Just(Step::Look),
    ];
    plain.prop_recursive(3, 12, 4, |inner| {
        (vec(inner, 0..4), end()).prop_map(|(steps, end)| Step::Savepoint(steps, end))
    })
}

#[test]
fn case_05_random_transactions_do_what_a_model_does() {
    let db = block_on(open_with(|options| {
        options.synchronous(tidegate::Synchronous::Normal)
    }));
    let config = Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    };
    let script = (vec(step(), 0..6), end()).prop_map(|(steps, end)| Script { steps, end });
    TestRunner::new(config)
        .run(&vec(script, 1..4), |scripts| {
            block_on(db.execute("DELETE FROM t", ())).unwrap();
            let mut model = Rows::new();
            for script in &scripts {
                expect_scope(&mut model, &script.steps, script.end);
                block_on(play(&db, script));
            }
            let left: Rows = block_on(ids(&db)).into_iter().collect();
            prop_assert_eq!(left, model);
            Ok(())
        })
        .unwrap();
}
