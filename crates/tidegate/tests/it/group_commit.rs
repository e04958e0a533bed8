//! Group commit: one commit for many calls, and no call that pays for another's failure.

mod commit_faults;
mod model;
mod neighbours;
mod stress;
mod traces;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream;
use tidegate::{ChangeEvent, Changes, Operation, Options, Synchronous};

use crate::support::{TestDb, open_with};

/// A database whose groups end only when nobody waits any more, so that a test decides what a group holds.
async fn open_grouping() -> TestDb {
    open_with(grouping).await
}

fn grouping(options: Options) -> Options {
    options
        .synchronous(Synchronous::Normal)
        .group_max_time(Duration::from_secs(1))
}

/// Lets the calls given queue up behind an open transaction, in this order, and then run as one group.
macro_rules! as_one_group {
    ($db:expr, $($call:expr),+ $(,)?) => {{
        let holder = $db.begin().await.expect("begins");
        let release = async move { drop(holder) };
        let (answers, ()) = tokio::join!(
            biased;
            async { tokio::join!(biased; $($call),+) },
            release
        );
        answers
    }};
}
use as_one_group;

/// The changes of a table that have been published already, in order.
fn published(changes: &mut Changes, table: &str) -> Vec<(Operation, i64)> {
    let mut cx = Context::from_waker(Waker::noop());
    let mut all = Vec::new();
    while let Poll::Ready(Some(event)) = Pin::new(&mut *changes).poll_next(&mut cx) {
        let ChangeEvent::Committed(set) = event else {
            panic!("lagged");
        };
        let of_table = set.changes.iter().filter(|change| &*change.table == table);
        all.extend(of_table.map(|change| (change.operation, change.rowid)));
    }
    all
}
