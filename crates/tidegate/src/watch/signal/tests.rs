//! Dirt that comes before, while and after a query runs.

use std::collections::BTreeSet;
use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::{Next, Signal};
use crate::authorizer::Facts;
use crate::changes::Watcher;
use crate::sync::Arc;

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: StdArc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll(signal: &Signal, woken: &StdArc<Woken>) -> Poll<Next> {
    let waker = Waker::from(woken.clone());
    signal.poll_next(&mut Context::from_waker(&waker))
}

fn reading(table: &str) -> Arc<Facts> {
    Arc::new(Facts {
        reads: BTreeSet::from([table.to_owned()]),
        ..Facts::default()
    })
}

/// Whether a commit to `touched` makes a query of `watched` run again.
fn runs_again(watched: Option<&str>, touched: Option<&str>) -> bool {
    let (signal, woken) = (Signal::default(), StdArc::default());
    assert_eq!(poll(&signal, &woken), Poll::Ready(Next::Run));
    if let Some(table) = watched {
        signal.look_at(&reading(table));
    }
    assert_eq!(poll(&signal, &woken), Poll::Pending);
    let is_touched = |table: &str| Some(table) == touched;
    signal.notice(touched.is_some().then_some(&is_touched));
    let runs = poll(&signal, &woken) == Poll::Ready(Next::Run);
    assert_eq!(woken.0.load(Ordering::SeqCst), usize::from(runs));
    runs
}

#[test]
fn only_a_table_that_is_read_counts_once_the_tables_are_known() {
    assert!(runs_again(Some("a"), Some("a")));
    assert!(!runs_again(Some("a"), Some("b")));
    assert!(runs_again(Some("a"), None));
    assert!(runs_again(None, Some("b")));
}

#[test]
fn many_commits_lead_to_one_run() {
    let (signal, woken) = (Signal::default(), StdArc::default());
    assert_eq!(poll(&signal, &woken), Poll::Ready(Next::Run));
    for _ in 0..5 {
        signal.notice(None);
    }
    assert_eq!(poll(&signal, &woken), Poll::Ready(Next::Run));
    assert_eq!(poll(&signal, &woken), Poll::Pending);
}

#[test]
fn the_end_wakes_and_stays() {
    let (signal, woken) = (Signal::default(), StdArc::default());
    assert_eq!(poll(&signal, &woken), Poll::Ready(Next::Run));
    assert_eq!(poll(&signal, &woken), Poll::Pending);
    signal.end();
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    signal.notice(None);
    assert_eq!(poll(&signal, &woken), Poll::Ready(Next::End));
    assert_eq!(poll(&signal, &woken), Poll::Ready(Next::End));
}
