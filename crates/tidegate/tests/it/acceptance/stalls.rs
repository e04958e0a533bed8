//! Case 17: ten thousand mixed calls hold a ticker up no more than plain threads that do the same work.
//!
//! What is compared is the time for which the executor kept a tick waiting although the machine had a processor for it.
//! That is the executor's own doing: a machine that is busy with something else does not add to it.

mod load;

use std::time::Duration;

use tidegate_testkit::{Tick, ticker};

use self::load::{Blocking, Load};
use crate::support::open_with;

const TICK: Duration = Duration::from_millis(1);
const ROUNDS: usize = 5;
const CALLS_OF_A_ROUND: usize = 2_000;
/// What a tick may wait for the tasks before it: five times what nearly all of them do wait.
const GRACE: Duration = Duration::from_micros(500);
/// What is no difference in a round, whatever the plain threads show. On a busy machine, the holder of a lock may lose
/// its processor for some milliseconds just when a task wants the lock; in most rounds that happens to nobody.
const LEAST_NOISE: Duration = Duration::from_millis(10);

/// For how long each load held its executor up, round by round.
///
/// The loads take turns, so that whatever else the machine does falls on all of them.
fn in_turn<const LOADS: usize>(loads: [Load; LOADS]) -> [Vec<Duration>; LOADS] {
    let mut held_up = [const { Vec::new() }; LOADS];
    for _ in 0..ROUNDS {
        for (load, held_up) in loads.iter().zip(&mut held_up) {
            held_up.push(round(*load));
        }
    }
    held_up
}

/// Runs a load and a ticker on an executor of one thread.
fn round(load: Load) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let db = open_with(|options| options.readers(load::READERS)).await;
        let (ticker, ticks) = ticker(TICK);
        let ticker = tokio::spawn(ticker);
        load.run(&db, CALLS_OF_A_ROUND).await;
        ticker.abort();
        db.close().await.unwrap();
        total(&ticks.seen())
    })
}

fn total(ticks: &[Tick]) -> Duration {
    assert!(!ticks.is_empty(), "none would prove nothing");
    let beyond_grace = |tick: &Tick| tick.held_up().saturating_sub(GRACE);
    ticks.iter().map(beyond_grace).sum()
}

/// Whether a load held its executor up no more than the plain threads did, within their noise.
fn is_as_idle(plain: &[Duration], load: &[Duration]) -> bool {
    let [low, middle, high] = quartiles(plain);
    let [_, of_load, _] = quartiles(load);
    of_load <= middle + (high - low) + LEAST_NOISE
}

/// Of these, a round that the machine spoiled is none.
fn quartiles(rounds: &[Duration]) -> [Duration; 3] {
    let mut rounds = rounds.to_vec();
    rounds.sort_unstable();
    [1, 2, 3].map(|quarter| rounds[(rounds.len() - 1) * quarter / 4])
}

#[test]
fn case_17_ten_thousand_mixed_calls_hold_a_ticker_up_no_more_than_plain_threads() {
    let [plain, driver] = in_turn([Load::PlainThreads, Load::Driver(Blocking::Never)]);
    assert!(is_as_idle(&plain, &driver), "{plain:?} {driver:?}");
}

#[test]
fn case_17_a_few_milliseconds_of_blocking_now_and_then_are_seen() {
    let [waiting, computing] = [Blocking::Waiting, Blocking::Computing].map(Load::Driver);
    let [plain, waiting, computing] = in_turn([Load::PlainThreads, waiting, computing]);
    for blocking in [waiting, computing] {
        assert!(!is_as_idle(&plain, &blocking), "{plain:?} {blocking:?}");
    }
}
