//! Hand-made histories: one for each anomaly, and the harmless ones that look alike.

use super::*;

mod random;

fn append(key: Key, value: Value) -> Op {
    Op::Append { key, value }
}

fn read(key: Key, list: &[Value]) -> Op {
    Op::Read {
        key,
        list: list.to_vec(),
    }
}

/// An acknowledged transaction between two instants.
fn done(start: u64, end: u64, ops: &[Op]) -> Transaction {
    let ops = ops.to_vec();
    Transaction {
        process: 0,
        start,
        end,
        outcome: Outcome::Committed,
        read_only: false,
        ops,
    }
}

fn with_outcome(outcome: Outcome, transaction: Transaction) -> Transaction {
    Transaction {
        outcome,
        ..transaction
    }
}

fn snapshot(transaction: Transaction) -> Transaction {
    Transaction {
        read_only: true,
        ..transaction
    }
}

fn history<const N: usize>(transactions: [Transaction; N]) -> History {
    History {
        transactions: transactions.to_vec(),
        final_state: None,
    }
}

fn ending(history: History, lists: &[(Key, &[Value])]) -> History {
    let state = lists
        .iter()
        .map(|(key, list)| (*key, list.to_vec()))
        .collect();
    History {
        final_state: Some(state),
        ..history
    }
}

/// Compares the kinds and transactions of what is found, and checks that all of it is explained.
#[track_caller]
fn finds(history: &History, level: Level, expected: &[(AnomalyKind, &[usize])]) {
    let anomalies = check(history, level);
    let found: Vec<(AnomalyKind, &[usize])> = anomalies
        .iter()
        .map(|anomaly| (anomaly.kind, &anomaly.transactions[..]))
        .collect();
    let texts: Vec<String> = anomalies.iter().map(Anomaly::to_string).collect();
    assert_eq!(found, expected, "{}", texts.join("\n"));
}

use AnomalyKind::*;
use CycleKind::*;
use Level::*;

#[test]
fn a_serial_history_is_clean() {
    let history = history([
        done(0, 1, &[append(1, 10), read(1, &[10])]),
        done(
            2,
            3,
            &[
                read(1, &[10]),
                append(1, 11),
                append(2, 12),
                read(1, &[10, 11]),
            ],
        ),
        snapshot(done(4, 5, &[read(1, &[10, 11]), read(2, &[12])])),
    ]);
    assert_clean(
        &ending(history, &[(1, &[10, 11]), (2, &[12])]),
        StrictSerializable,
    );
}

#[test]
fn an_acknowledged_append_that_is_gone_is_lost() {
    let history = history([done(0, 1, &[append(1, 10)]), done(2, 3, &[append(1, 11)])]);
    finds(
        &ending(history, &[(1, &[11])]),
        Serializable,
        &[(LostAppend, &[0])],
    );
}

#[test]
fn without_a_final_state_an_append_gone_is_a_circle_with_real_time() {
    let history = history([done(0, 1, &[append(1, 10)]), done(2, 3, &[read(1, &[])])]);
    finds(&history, Serializable, &[]);
    let kind = RealTimeCycle(SingleAntiDependency);
    finds(&history, StrictSerializable, &[(kind, &[1, 0])]);
}

#[test]
fn a_transaction_without_an_answer_happens_wholly_or_not_at_all() {
    let halves = || {
        let unanswered = done(0, u64::MAX, &[append(1, 10), append(2, 20)]);
        history([with_outcome(Outcome::Unknown, unanswered)])
    };
    finds(&ending(halves(), &[]), StrictSerializable, &[]);
    finds(
        &ending(halves(), &[(1, &[10]), (2, &[20])]),
        StrictSerializable,
        &[],
    );
    finds(
        &ending(halves(), &[(2, &[20])]),
        StrictSerializable,
        &[(LostAppend, &[0])],
    );
}

#[test]
fn a_value_of_an_aborted_transaction_must_not_be_seen() {
    let aborted = with_outcome(Outcome::Aborted, done(0, 1, &[append(1, 10)]));
    let dirty = history([aborted.clone(), done(0, 3, &[read(1, &[10])])]);
    finds(&dirty, Serializable, &[(AbortedRead, &[0, 1])]);
    let kept = ending(history([aborted]), &[(1, &[10])]);
    finds(&kept, Serializable, &[(AbortedRead, &[0])]);
}

#[test]
fn a_list_must_not_end_amid_a_transaction() {
    let history = history([
        done(0, 9, &[append(1, 10), append(1, 11)]),
        done(1, 2, &[read(1, &[10])]),
        done(3, 10, &[read(1, &[10, 11])]),
    ]);
    // The reader also misses an append of the transaction it has seen a part of.
    let cycle = Cycle(SingleAntiDependency);
    finds(
        &history,
        Serializable,
        &[(IntermediateRead, &[0, 1]), (cycle, &[1, 0])],
    );
}

#[test]
fn reads_of_a_list_must_extend_each_other() {
    let history = history([
        done(0, 9, &[append(1, 10)]),
        done(0, 9, &[append(1, 11)]),
        done(0, 9, &[read(1, &[10, 11])]),
        done(0, 9, &[read(1, &[11])]),
    ]);
    finds(&history, Serializable, &[(IncompatibleOrder, &[3])]);
}

#[test]
fn values_from_nowhere_and_values_seen_twice_are_reported() {
    let garbage = history([done(0, 1, &[read(1, &[99])])]);
    finds(&garbage, Serializable, &[(GarbageRead, &[0])]);
    let twice = history([
        done(0, 1, &[append(1, 10)]),
        done(2, 3, &[read(1, &[10, 10])]),
    ]);
    finds(&twice, Serializable, &[(DuplicateElement, &[0, 1])]);
}

#[test]
fn a_transaction_must_see_itself() {
    let blind = history([done(0, 1, &[append(1, 10), read(1, &[])])]);
    finds(&blind, Serializable, &[(Internal, &[0])]);
    let prophet = history([done(0, 1, &[read(1, &[10]), append(1, 10)])]);
    finds(&prophet, Serializable, &[(Internal, &[0])]);
    let unrepeatable = history([
        done(0, 9, &[append(1, 10)]),
        done(0, 9, &[read(1, &[]), read(1, &[10])]),
    ]);
    let found: Vec<AnomalyKind> = check(&unrepeatable, Serializable)
        .iter()
        .map(|anomaly| anomaly.kind)
        .collect();
    assert_eq!(found, [Internal, Cycle(SingleAntiDependency)]);
}

#[test]
fn a_history_that_repeats_a_value_or_writes_in_a_snapshot_is_refused() {
    let repeats = history([done(0, 1, &[append(1, 10)]), done(0, 1, &[append(1, 10)])]);
    finds(&repeats, Serializable, &[(Malformed, &[1])]);
    let writes = history([snapshot(done(0, 1, &[append(1, 10)]))]);
    finds(&writes, Serializable, &[(Malformed, &[0])]);
}

#[test]
fn appends_in_opposite_orders_are_g0() {
    let history = history([
        done(0, 9, &[append(1, 10), append(2, 20)]),
        done(0, 9, &[append(1, 11), append(2, 21)]),
        snapshot(done(10, 11, &[read(1, &[10, 11]), read(2, &[21, 20])])),
    ]);
    finds(&history, Serializable, &[(Cycle(Writes), &[0, 1])]);
}

#[test]
fn reading_each_others_appends_is_g1c() {
    let history = history([
        done(0, 9, &[append(1, 10), read(2, &[20])]),
        done(0, 9, &[append(2, 20), read(1, &[10])]),
    ]);
    finds(&history, Serializable, &[(Cycle(Information), &[0, 1])]);
}

#[test]
fn seeing_one_half_of_a_transaction_is_g_single() {
    let history = history([
        done(0, 9, &[append(1, 10), append(2, 20)]),
        snapshot(done(0, 9, &[read(1, &[10]), read(2, &[])])),
        snapshot(done(10, 11, &[read(1, &[10]), read(2, &[20])])),
    ]);
    finds(
        &history,
        Serializable,
        &[(Cycle(SingleAntiDependency), &[1, 0])],
    );
}

#[test]
fn write_skew_is_g2() {
    let history = history([
        done(0, 9, &[read(1, &[]), append(2, 20)]),
        done(0, 9, &[read(2, &[]), append(1, 10)]),
    ]);
    finds(
        &history,
        Serializable,
        &[(Cycle(AntiDependencies), &[0, 1])],
    );
}

#[test]
fn a_lost_update_is_found_though_its_value_was_never_read() {
    let history = history([
        done(0, 9, &[read(1, &[]), append(1, 10)]),
        done(0, 9, &[read(1, &[]), append(1, 11)]),
    ]);
    finds(
        &history,
        Serializable,
        &[(Cycle(AntiDependencies), &[0, 1])],
    );
}

#[test]
fn a_stale_snapshot_is_allowed_to_snapshots_only_where_the_level_says_so() {
    let stale = |reader: fn(Transaction) -> Transaction| {
        history([
            done(0, 1, &[append(1, 10)]),
            reader(done(2, 3, &[read(1, &[])])),
            done(4, 5, &[read(1, &[10])]),
        ])
    };
    finds(&stale(snapshot), StrictWrites, &[]);
    let cycle = RealTimeCycle(SingleAntiDependency);
    finds(&stale(snapshot), StrictSerializable, &[(cycle, &[1, 0])]);
    finds(&stale(|writer| writer), StrictWrites, &[(cycle, &[1, 0])]);
}

#[test]
fn transactions_that_overlap_may_come_in_any_order() {
    let history = history([
        done(0, 5, &[append(1, 10)]),
        done(5, 9, &[read(1, &[])]),
        done(6, 8, &[read(1, &[10])]),
    ]);
    finds(&history, StrictSerializable, &[]);
}

#[test]
fn real_time_reaches_across_transactions_in_between() {
    let history = history([
        done(0, 1, &[append(1, 10)]),
        done(2, 3, &[append(2, 20)]),
        done(4, 5, &[append(2, 21)]),
        done(6, 7, &[read(1, &[]), read(2, &[20, 21])]),
    ]);
    let found = check(&history, StrictSerializable);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, RealTimeCycle(SingleAntiDependency));
    assert!(
        found[0]
            .explanation
            .contains("T3 read key 1 without 10, which T0 appended")
    );
    assert!(found[0].explanation.contains("was answered before"));
}

#[test]
fn a_recording_without_an_outcome_is_unknown() {
    let recorder = Recorder::new();
    let (first, second) = (recorder.value(), recorder.value());
    let mut dropped = recorder.begin(1);
    dropped.append(7, first);
    drop(dropped);
    let mut answered = recorder.begin_read_only(2);
    answered.read(7, vec![first]);
    answered.committed();
    recorder.begin(3).aborted();

    let history = recorder.history(Some(BTreeMap::from([(7, vec![first])])));
    let outcomes: Vec<Outcome> = history.transactions.iter().map(|it| it.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Unknown, Outcome::Committed, Outcome::Aborted]
    );
    assert!(history.transactions[1].read_only && first != second);
    assert!(history.transactions[0].start <= history.transactions[1].end);
    assert_clean(&history, StrictSerializable);
}

#[test]
#[should_panic(expected = "lost append: T0 (Committed) appended 10 to key 1")]
fn a_failed_assertion_explains() {
    assert_clean(
        &ending(history([done(0, 1, &[append(1, 10)])]), &[]),
        Serializable,
    );
}
