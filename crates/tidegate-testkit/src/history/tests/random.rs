//! Random histories: serial ones are clean however they overlap, and damaged ones are not.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// What a random transaction does, before an execution says what it sees.
#[derive(Debug, Clone)]
struct Plan {
    /// Keys, each appended to (true) or read.
    ops: Vec<(bool, Key)>,
    outcome: Outcome,
    /// Whether it takes effect, where the outcome leaves that open.
    happens: bool,
    /// Time between the call and the commit, and between the commit and the answer.
    lead: u64,
    tail: u64,
}

fn plan() -> impl Strategy<Value = Plan> {
    let outcome = prop_oneof![
        8 => Just(Outcome::Committed),
        1 => Just(Outcome::Aborted),
        1 => Just(Outcome::Unknown),
    ];
    let ops = vec((any::<bool>(), 0..3_u64), 1..5);
    (ops, outcome, any::<bool>(), 1..40_u64, 1..40_u64).prop_map(
        |(ops, outcome, happens, lead, tail)| Plan {
            ops,
            outcome,
            happens,
            lead,
            tail,
        },
    )
}

/// Executes plans one after the other, each at an instant between its call and its answer.
fn execute(plans: &[Plan]) -> History {
    let mut state: BTreeMap<Key, Vec<Value>> = BTreeMap::new();
    let mut transactions = Vec::new();
    let mut next_value = 0;
    for (at, plan) in plans.iter().enumerate() {
        let mut lists = state.clone();
        let ops = plan.ops.iter().map(|(append, key)| {
            let list = lists.entry(*key).or_default();
            if !append {
                return Op::Read {
                    key: *key,
                    list: list.clone(),
                };
            }
            next_value += 1;
            list.push(next_value);
            Op::Append {
                key: *key,
                value: next_value,
            }
        });
        let ops: Vec<Op> = ops.collect();
        let commit = 100 + 10 * at as u64;
        let read_only = ops.iter().all(|op| matches!(op, Op::Read { .. }));
        let (start, end) = (commit - plan.lead, commit + plan.tail);
        let outcome = plan.outcome;
        transactions.push(Transaction {
            process: at as u64,
            start,
            end,
            outcome,
            read_only,
            ops,
        });
        if outcome == Outcome::Committed || (outcome == Outcome::Unknown && plan.happens) {
            state = lists;
        }
    }
    History {
        transactions,
        final_state: Some(state),
    }
}

/// Lists that acknowledged transactions read, for damaging.
fn read_lists(history: &mut History) -> impl Iterator<Item = &mut Vec<Value>> {
    let answered = |it: &&mut Transaction| it.outcome == Outcome::Committed;
    history
        .transactions
        .iter_mut()
        .filter(answered)
        .flat_map(|it| &mut it.ops)
        .filter_map(|op| match op {
            Op::Read { list, .. } => Some(list),
            Op::Append { .. } => None,
        })
}

fn damaged(history: &History, level: Level) -> bool {
    !check(history, level).is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn a_serial_execution_is_clean_at_every_level(plans in vec(plan(), 0..40)) {
        let history = execute(&plans);
        for level in [Serializable, StrictWrites, StrictSerializable] {
            prop_assert_eq!(check(&history, level), vec![]);
        }
        let unfinished = History { final_state: None, ..history };
        prop_assert_eq!(check(&unfinished, StrictSerializable), vec![]);
    }

    #[test]
    fn an_append_missing_at_the_end_is_found(plans in vec(plan(), 1..30), pick in any::<usize>()) {
        let mut history = execute(&plans);
        let acknowledged: Vec<(Key, Value)> = history
            .transactions
            .iter()
            .filter(|it| it.outcome == Outcome::Committed)
            .flat_map(Transaction::appends)
            .collect();
        prop_assume!(!acknowledged.is_empty());
        let (key, value) = acknowledged[pick % acknowledged.len()];
        let state = history.final_state.as_mut().expect("a final state");
        state.entry(key).or_default().retain(|kept| *kept != value);
        prop_assert!(damaged(&history, Serializable));
    }

    #[test]
    fn two_values_that_changed_places_in_a_read_are_found(
        plans in vec(plan(), 1..30),
        pick in any::<usize>(),
    ) {
        let mut history = execute(&plans);
        let mut lists: Vec<_> = read_lists(&mut history).filter(|list| list.len() > 1).collect();
        prop_assume!(!lists.is_empty());
        let at = pick % lists.len();
        let len = lists[at].len();
        lists[at].swap(pick % (len - 1), len - 1);
        prop_assert!(damaged(&history, Serializable));
    }

    #[test]
    fn a_stale_read_is_found(plans in vec(plan(), 1..30), pick in any::<usize>()) {
        let mut history = execute(&plans);
        // Without overlap, every value read was acknowledged before its reader began.
        for (transaction, plan) in history.transactions.iter_mut().zip(&plans) {
            transaction.start += plan.lead - 1;
            transaction.end = transaction.start + 2;
            if transaction.outcome == Outcome::Unknown {
                let happens = if plan.happens { Outcome::Committed } else { Outcome::Aborted };
                transaction.outcome = happens;
            }
        }
        prop_assert_eq!(check(&history, StrictSerializable), vec![]);
        let mut lists: Vec<_> = read_lists(&mut history).filter(|list| !list.is_empty()).collect();
        prop_assume!(!lists.is_empty());
        let at = pick % lists.len();
        lists[at].pop();
        prop_assert!(damaged(&history, StrictSerializable));
    }

    #[test]
    fn a_value_of_an_aborted_transaction_in_a_read_is_found(
        plans in vec(plan(), 1..30),
        pick in any::<usize>(),
    ) {
        let mut history = execute(&plans);
        let aborted = history.transactions.iter().filter(|it| it.outcome == Outcome::Aborted);
        let values: Vec<(Key, Value)> = aborted.flat_map(Transaction::appends).collect();
        prop_assume!(!values.is_empty());
        let (key, value) = values[pick % values.len()];
        let list = vec![value];
        history.transactions.push(done(1_000, 1_001, &[Op::Read { key, list }]));
        prop_assert!(check(&history, Serializable).iter().any(|it| it.kind == AbortedRead));
    }

    #[test]
    fn two_transactions_that_read_before_each_others_append_are_found(
        plans in vec(plan(), 0..20),
        append_first in any::<bool>(),
    ) {
        let mut history = execute(&plans);
        let state = history.final_state.clone().expect("a final state");
        let list = |key| state.get(&key).cloned().unwrap_or_default();
        for (mine, other, value) in [(0, 1, 9_000), (1, 0, 9_001)] {
            let mut ops = vec![append(mine, value), read(other, &list(other))];
            if !append_first {
                ops.reverse();
            }
            history.transactions.push(done(1_000, 1_010, &ops));
        }
        let state = history.final_state.as_mut().expect("a final state");
        state.entry(0).or_default().push(9_000);
        state.entry(1).or_default().push(9_001);
        let skew = |it: &Anomaly| it.kind == Cycle(AntiDependencies);
        prop_assert!(check(&history, Serializable).iter().any(skew));
    }
}
