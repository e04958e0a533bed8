//! Records a history while it happens, from any number of threads or tasks.

use super::{History, Key, Op, Outcome, Transaction, Value};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Collects the transactions of a test.
#[derive(Debug)]
pub struct Recorder {
    began: Instant,
    next_value: AtomicU64,
    done: Mutex<Vec<Transaction>>,
}

impl Recorder {
    /// A recorder whose clock starts now.
    pub fn new() -> Arc<Self> {
        Arc::new(Recorder {
            began: Instant::now(),
            next_value: AtomicU64::new(1),
            done: Mutex::default(),
        })
    }

    /// A value that was never handed out before, for an append.
    pub fn value(&self) -> Value {
        self.next_value.fetch_add(1, Ordering::Relaxed)
    }

    /// Notes that a process makes the call of a transaction now.
    pub fn begin(self: &Arc<Self>, process: u64) -> Recording {
        self.recording(process, false)
    }

    /// Notes that a process asks for a read-only snapshot now.
    pub fn begin_read_only(self: &Arc<Self>, process: u64) -> Recording {
        self.recording(process, true)
    }

    /// What was recorded so far, with the lists as they are at the end, where they are known.
    pub fn history(&self, final_state: Option<BTreeMap<Key, Vec<Value>>>) -> History {
        let transactions = self
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        History {
            transactions,
            final_state,
        }
    }

    fn recording(self: &Arc<Self>, process: u64, read_only: bool) -> Recording {
        let transaction = Transaction {
            process,
            start: self.now(),
            end: u64::MAX,
            outcome: Outcome::Unknown,
            read_only,
            ops: Vec::new(),
        };
        Recording {
            recorder: Arc::clone(self),
            transaction,
        }
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_nanos() as u64
    }
}

/// A transaction that is being recorded; dropped without an outcome, its outcome is unknown.
///
/// Note appends before making the call that may be dropped or killed: what is not noted cannot be
/// told from garbage when it turns up.
#[derive(Debug)]
pub struct Recording {
    recorder: Arc<Recorder>,
    transaction: Transaction,
}

impl Recording {
    /// Notes an append.
    pub fn append(&mut self, key: Key, value: Value) {
        self.transaction.ops.push(Op::Append { key, value });
    }

    /// Notes a read list.
    pub fn read(&mut self, key: Key, list: Vec<Value>) {
        self.transaction.ops.push(Op::Read { key, list });
    }

    /// Replaces everything noted so far by the transaction's own account of what it did.
    pub fn set_ops(&mut self, ops: Vec<Op>) {
        self.transaction.ops = ops;
    }

    /// Notes that the acknowledgement arrived now.
    pub fn committed(self) {
        self.end(Outcome::Committed);
    }

    /// Notes that the refusal arrived now.
    pub fn aborted(self) {
        self.end(Outcome::Aborted);
    }

    fn end(mut self, outcome: Outcome) {
        self.transaction.end = self.recorder.now();
        self.transaction.outcome = outcome;
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let mut done = self
            .recorder
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        done.push(self.transaction.clone());
    }
}
