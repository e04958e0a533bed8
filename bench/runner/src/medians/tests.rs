//! Tests of summarising the rounds.

use bench_harness::{Outcome, Report, Spread};

use super::Medians;
use crate::rounds::Answer;
use crate::{cases, peers};

fn report(operations: u64) -> Outcome {
    let spread = Spread {
        p50: operations,
        p95: 2,
        p99: 3,
        max: 4,
    };
    Outcome::Measured(Box::new(Report {
        sqlite_version: String::new(),
        operations,
        seconds: 2.0,
        latency: spread,
        idle_latency: None,
        next_latency: None,
        ticker_lag: spread,
        writes_per_commit: None,
        peak_memory_kib: 1,
    }))
}

fn answer(peer: &str, outcome: Outcome) -> Answer {
    Answer {
        case: cases::named(cases::SCAN).expect("a case"),
        peer: peers::named(peer).expect("a peer"),
        outcome,
    }
}

#[test]
fn each_peer_has_medians_of_its_own_rounds() {
    let medians = Medians::of(&[
        answer("sqlx", report(10)),
        answer("rusqlite", report(1_000)),
        answer("sqlx", report(30)),
        answer("rusqlite", report(3_000)),
        answer("sqlx", report(20)),
        answer("rusqlite", report(2_000)),
    ]);
    let sqlx = medians.get(cases::SCAN, "sqlx").expect("measured");
    assert_eq!(
        (sqlx.per_second, sqlx.per_second_range, sqlx.p50),
        (10.0, (5.0, 15.0), 20.0)
    );
    assert_eq!(
        medians
            .get(cases::SCAN, "rusqlite")
            .expect("measured")
            .per_second,
        1_000.0
    );
}

#[test]
fn what_a_peer_cannot_do_has_no_figures() {
    let medians = Medians::of(&[answer("sqlx", Outcome::Unsupported)]);
    assert!(medians.get(cases::SCAN, "sqlx").is_none());
    assert!(
        medians
            .to_json()
            .expect("serialises")
            .contains("\"figures\":null")
    );
}
