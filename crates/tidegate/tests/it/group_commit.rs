//! Group commit: one commit for many calls, and no call that pays for another's failure.

mod commit_faults;
mod model;
mod neighbours;
mod traces;

use std::time::Duration;

use tidegate::{Options, Synchronous};

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
