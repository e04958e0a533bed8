//! The stream of committed changes: collected by SQLite's update hook, published after the commit, in its order.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use rusqlite::Connection;
use rusqlite::hooks::Action;

use crate::authorizer::{Facts, Ledger};
use crate::ffi;
use crate::job::Wakes;
use crate::sync::{Arc, AtomicU64, Mutex, Ordering, Weak, lock};

/// How many commits a subscriber may be behind before it loses the oldest.
const SUBSCRIBER_BOUND: usize = 1024;

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// The row is new.
    Insert,
    /// The row has new values.
    Update,
    /// The row is gone.
    Delete,
}

/// One changed row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened to it.
    pub operation: Operation,
    /// Its table.
    pub table: Arc<str>,
    /// Its row id.
    pub rowid: i64,
}

/// The changes of one commit, in the order in which they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSet {
    /// Counts this database handle's commits that changed rows, from one.
    pub sequence: u64,
    /// The rows. A group commit holds those of all its calls.
    pub changes: Vec<Change>,
}

/// What a subscriber gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeEvent {
    /// A commit.
    Committed(Arc<ChangeSet>),
    /// The subscriber was too slow: so many commits before the next one were dropped.
    Lagged(u64),
}

/// The tables that a commit has touched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    tables: Vec<Arc<Facts>>,
    everything: bool,
}

#[derive(Default)]
struct Rows {
    changes: Vec<Change>,
}

/// Gathers what the open transaction of one connection changes.
#[derive(Default)]
pub(crate) struct Collector {
    rows: Arc<Mutex<Rows>>,
    hub: Arc<Hub>,
    touched: Touched,
    /// Only while somebody listens: it costs every changed row a little.
    hook: Option<ffi::UpdateHook>,
}

impl Collector {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self {
            hub,
            ..Self::default()
        }
    }

    /// Begins a transaction: from here on rows are recorded if anybody listens.
    pub(crate) fn begin(&mut self, connection: &Connection, ledger: &Ledger) -> bool {
        let wanted = self.hub.has_subscribers();
        let newly = wanted && self.hook.is_none();
        if newly {
            let rows = self.rows.clone();
            self.hook = Some(ffi::UpdateHook::new(
                connection,
                move |action, table, rowid| {
                    lock(&rows).record(action, table, rowid);
                },
            ));
            ledger.delete_row_by_row();
        } else if !wanted {
            self.hook = None;
        }
        self.clear();
        self.touched = Touched::default();
        newly
    }

    /// Whether somebody listens who did not when the transaction began: it must not take in further work.
    pub(crate) fn is_unheard(&self) -> bool {
        self.hook.is_none() && self.hub.has_subscribers()
    }

    pub(crate) fn len(&self) -> usize {
        if self.hook.is_none() {
            return 0;
        }
        lock(&self.rows).changes.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        if self.hook.is_some() {
            lock(&self.rows).changes.truncate(len);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.truncate(0);
    }

    pub(crate) fn wrote(&mut self, facts: &Arc<Facts>) {
        if facts.changes_schema {
            self.touched.everything = true;
        }
        let known = self
            .touched
            .tables
            .last()
            .is_some_and(|last| Arc::ptr_eq(last, facts));
        if known || self.touched.everything {
            return;
        }
        match self.hub.has_watchers() {
            true => self.touched.tables.push(facts.clone()),
            // Whoever begins to watch before the commit must not miss it.
            false => self.touched.everything = true,
        }
    }

    pub(crate) fn wrote_anything(&mut self) {
        self.touched.everything = true;
    }

    /// Tells everybody of the commit that has just happened.
    pub(crate) fn publish(&mut self) {
        let touched = std::mem::take(&mut self.touched);
        let changes = std::mem::take(&mut lock(&self.rows).changes);
        self.hub.publish(changes, &touched);
    }

    /// Tells watchers that another process has committed something.
    pub(crate) fn publish_foreign(&self) {
        let touched = Touched {
            everything: true,
            ..Touched::default()
        };
        self.hub.publish(Vec::new(), &touched);
    }
}

impl Rows {
    fn record(&mut self, action: Action, table: &str, rowid: i64) {
        let operation = match action {
            Action::SQLITE_INSERT => Operation::Insert,
            Action::SQLITE_UPDATE => Operation::Update,
            _ => Operation::Delete,
        };
        let table = match self.changes.last() {
            Some(last) if &*last.table == table => last.table.clone(),
            _ => table.into(),
        };
        self.changes.push(Change {
            operation,
            table,
            rowid,
        });
    }
}

#[derive(Default)]
struct Queue {
    sets: VecDeque<Arc<ChangeSet>>,
    missed: u64,
    closed: bool,
    waker: Option<Waker>,
}

/// Somebody who wants to know that certain tables have changed.
pub(crate) trait Watcher: Send + Sync {
    /// `None` stands for every table.
    fn notice(&self, is_touched: Option<&dyn Fn(&str) -> bool>);
    fn end(&self);
}

#[derive(Default)]
struct Members {
    queues: Vec<Weak<Mutex<Queue>>>,
    watchers: Vec<Weak<dyn Watcher>>,
    closed: bool,
}

/// All who listen to one database's commits.
#[derive(Default)]
pub(crate) struct Hub {
    members: Mutex<Members>,
    sequence: AtomicU64,
    subscribers: AtomicU64,
    watchers: AtomicU64,
}

impl Hub {
    pub(crate) fn has_subscribers(&self) -> bool {
        self.subscribers.load(Ordering::Acquire) > 0
    }

    pub(crate) fn has_watchers(&self) -> bool {
        self.watchers.load(Ordering::SeqCst) > 0
    }

    pub(crate) fn subscribe(self: &Arc<Self>) -> Changes {
        let queue = Arc::new(Mutex::new(Queue::default()));
        let mut members = lock(&self.members);
        lock(&queue).closed = members.closed;
        members.queues.push(Arc::downgrade(&queue));
        self.subscribers
            .store(members.queues.len() as u64, Ordering::Release);
        drop(members);
        Changes { queue }
    }

    pub(crate) fn watch(&self, watcher: &Arc<dyn Watcher>) {
        let is_closed = {
            let mut members = lock(&self.members);
            members.watchers.push(Arc::downgrade(watcher));
            self.count_watchers(&members);
            members.closed
        };
        if is_closed {
            watcher.end();
        }
    }

    pub(crate) fn unwatch(&self, watcher: &Arc<dyn Watcher>) {
        let gone = Arc::downgrade(watcher);
        let mut members = lock(&self.members);
        members.watchers.retain(|watcher| !watcher.ptr_eq(&gone));
        self.count_watchers(&members);
    }

    fn count_watchers(&self, members: &Members) {
        self.watchers
            .store(members.watchers.len() as u64, Ordering::SeqCst);
    }

    /// Those who watch now, to be told outside the lock: what they wake may end their watch.
    fn watchers(&self) -> Vec<Arc<dyn Watcher>> {
        let members = lock(&self.members);
        members.watchers.iter().filter_map(Weak::upgrade).collect()
    }

    fn publish(&self, changes: Vec<Change>, touched: &Touched) {
        if self.has_watchers() {
            self.notify_watchers(&changes, touched);
        }
        if changes.is_empty() {
            return;
        }
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed) + 1;
        let set = Arc::new(ChangeSet { sequence, changes });
        let mut wakes = Wakes::default();
        let mut members = lock(&self.members);
        members.queues.retain(|queue| match queue.upgrade() {
            Some(queue) => {
                wakes.push(offer(&queue, &set));
                true
            }
            None => false,
        });
        self.subscribers
            .store(members.queues.len() as u64, Ordering::Release);
        drop(members);
        wakes.wake_all();
    }

    fn notify_watchers(&self, changes: &[Change], touched: &Touched) {
        let is_touched = |table: &str| {
            touched
                .tables
                .iter()
                .any(|facts| facts.writes.contains(table))
                || changes
                    .iter()
                    .any(|change| change.table.eq_ignore_ascii_case(table))
        };
        for watcher in self.watchers() {
            watcher.notice((!touched.everything).then_some(&is_touched));
        }
    }

    /// Ends every subscription after what it still holds.
    pub(crate) fn close(&self) {
        let mut wakes = Wakes::default();
        let mut members = lock(&self.members);
        members.closed = true;
        for queue in members.queues.iter().filter_map(Weak::upgrade) {
            let mut queue = lock(&queue);
            queue.closed = true;
            wakes.push(queue.waker.take());
        }
        drop(members);
        wakes.wake_all();
        for watcher in self.watchers() {
            watcher.end();
        }
    }
}

/// Puts a commit into a subscriber's queue, and gives back whom to wake.
fn offer(queue: &Mutex<Queue>, set: &Arc<ChangeSet>) -> Option<Waker> {
    let mut queue = lock(queue);
    if queue.sets.len() >= SUBSCRIBER_BOUND {
        queue.sets.pop_front();
        queue.missed += 1;
    }
    queue.sets.push_back(set.clone());
    queue.waker.take()
}

/// A subscription to committed changes, from [`Database::changes`](crate::Database::changes).
///
/// It ends when the database closes. A subscriber that is more than 1,024 commits behind loses the oldest and is told
/// so by [`ChangeEvent::Lagged`]; it never slows a writer.
///
/// It covers the transactions that begin after it was made: a write that is first polled after it certainly, an
/// interactive transaction that was open before not.
///
/// Changes of `WITHOUT ROWID` tables and of other processes are not reported: SQLite's update hook does not see them.
///
/// # Cancel safety
/// Dropping the stream, or a `next()` on it, loses nothing of the database's.
pub struct Changes {
    queue: Arc<Mutex<Queue>>,
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}

impl Changes {
    /// The next commit, or how many were lost; `None` when the database has closed.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: the next one gives it.
    pub async fn next(&mut self) -> Option<ChangeEvent> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Changes {
    type Item = ChangeEvent;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<ChangeEvent>> {
        let mut queue = lock(&self.queue);
        if queue.missed > 0 {
            return Poll::Ready(Some(ChangeEvent::Lagged(std::mem::take(&mut queue.missed))));
        }
        match queue.sets.pop_front() {
            Some(set) => Poll::Ready(Some(ChangeEvent::Committed(set))),
            None if queue.closed => Poll::Ready(None),
            None => {
                queue.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}
