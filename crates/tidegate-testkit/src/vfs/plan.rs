//! Decides which call fails, and how.

use super::hold::{Gate, Hold};
use super::{FileKind, Op};
use rusqlite::ffi;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A call that is to fail: the first of its kind, once, unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    op: Op,
    kind: Option<FileKind>,
    nth: u64,
    lasting: bool,
    failure: Failure,
}

impl Fault {
    /// The next call of `op`, to any kind of file, fails once.
    pub fn new(op: Op, failure: Failure) -> Self {
        Fault {
            op,
            kind: None,
            nth: 1,
            lasting: false,
            failure,
        }
    }

    /// Only calls to files of this kind count and fail.
    pub fn on(self, kind: FileKind) -> Self {
        Fault {
            kind: Some(kind),
            ..self
        }
    }

    /// The n-th call fails, counted from 1.
    ///
    /// # Panics
    /// When `n` is 0.
    pub fn nth(self, n: u64) -> Self {
        assert!(n > 0, "calls are counted from 1");
        Fault { nth: n, ..self }
    }

    /// All calls after the first failure fail as well, until the file system is healed.
    pub fn lasting(self) -> Self {
        Fault {
            lasting: true,
            ..self
        }
    }
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No space left on the device (ENOSPC): `SQLITE_FULL`, and nothing was done.
    DiskFull,
    /// Input/output error (EIO): the `SQLITE_IOERR_…` code of the call (`SQLITE_CANTOPEN` for an
    /// open), and nothing was done.
    Io,
    /// `SQLITE_BUSY`, as if somebody else held a lock.
    Busy,
    /// The first half of a write is done, then `SQLITE_FULL`; other calls fail as `DiskFull`.
    HalfThenFull,
    /// The first half of a write is done, then `SQLITE_IOERR_WRITE`; other calls fail as `Io`.
    HalfThenIo,
    /// This SQLite result code, and nothing was done. `SQLITE_OK` (0) for a sync is a disk that
    /// lies.
    Code(i32),
}

impl Failure {
    fn code(self, op: Op) -> i32 {
        match self {
            Failure::DiskFull | Failure::HalfThenFull => ffi::SQLITE_FULL,
            Failure::Io | Failure::HalfThenIo => io_code(op),
            Failure::Busy => ffi::SQLITE_BUSY,
            Failure::Code(code) => code,
        }
    }

    fn is_half(self) -> bool {
        matches!(self, Failure::HalfThenFull | Failure::HalfThenIo)
    }
}

/// The code SQLite's own file system gives when the system call behind a call fails.
fn io_code(op: Op) -> i32 {
    match op {
        Op::Open => ffi::SQLITE_CANTOPEN,
        Op::Delete => ffi::SQLITE_IOERR_DELETE,
        Op::Read => ffi::SQLITE_IOERR_READ,
        Op::Write => ffi::SQLITE_IOERR_WRITE,
        Op::Truncate => ffi::SQLITE_IOERR_TRUNCATE,
        Op::Sync => ffi::SQLITE_IOERR_FSYNC,
        Op::FileSize => ffi::SQLITE_IOERR_FSTAT,
        Op::Lock => ffi::SQLITE_IOERR_LOCK,
        Op::ShmMap => ffi::SQLITE_IOERR_SHMMAP,
        Op::ShmLock => ffi::SQLITE_IOERR_SHMLOCK,
    }
}

/// What is to become of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes through.
    Pass,
    /// It does nothing and returns this code.
    Fail(i32),
    /// It does the first half of its work and returns this code.
    Half(i32),
}

/// The faults, delays and holds of a file system.
#[derive(Default)]
pub(super) struct Plan {
    rules: Mutex<Rules>,
}

#[derive(Default)]
struct Rules {
    faults: Vec<Armed>,
    fired: u64,
    delays: [Duration; Op::ALL.len()],
    holds: Vec<Awaited>,
}

/// A fault and how many calls it has seen.
struct Armed {
    fault: Fault,
    seen: u64,
}

/// A hold whose call has not come yet.
struct Awaited {
    op: Op,
    kind: Option<FileKind>,
    gate: Arc<Gate>,
}

impl Plan {
    pub(super) fn inject(&self, fault: Fault) {
        self.rules().faults.push(Armed { fault, seen: 0 });
    }

    pub(super) fn heal(&self) {
        let mut rules = self.rules();
        rules.faults.clear();
        rules.fired = 0;
    }

    pub(super) fn fired(&self) -> u64 {
        self.rules().fired
    }

    pub(super) fn delay(&self, op: Op, by: Duration) {
        self.rules().delays[op as usize] = by;
    }

    pub(super) fn hold_next(&self, op: Op, kind: Option<FileKind>) -> Hold {
        let (hold, gate) = Hold::new();
        self.rules().holds.push(Awaited { op, kind, gate });
        hold
    }

    /// Waits as planned, then decides.
    pub(super) fn decide(&self, op: Op, kind: FileKind) -> Verdict {
        let (delay, gate) = self.rules().waits(op, kind);
        if !delay.is_zero() {
            thread::sleep(delay);
        }
        if let Some(gate) = gate {
            gate.pass();
        }
        self.rules().verdict(op, kind)
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rules {
    fn waits(&mut self, op: Op, kind: FileKind) -> (Duration, Option<Arc<Gate>>) {
        let due = self
            .holds
            .iter()
            .position(|it| it.op == op && concerns(it.kind, kind));
        let gate = due.map(|at| self.holds.remove(at).gate);
        (self.delays[op as usize], gate)
    }

    /// Every fault sees every call it concerns; the first that strikes decides.
    fn verdict(&mut self, op: Op, kind: FileKind) -> Verdict {
        let mut verdict = Verdict::Pass;
        for armed in &mut self.faults {
            if let (Some(failure), Verdict::Pass) = (armed.strike(op, kind), verdict) {
                self.fired += 1;
                let half = failure.is_half() && op == Op::Write;
                let code = failure.code(op);
                verdict = if half {
                    Verdict::Half(code)
                } else {
                    Verdict::Fail(code)
                };
            }
        }
        verdict
    }
}

impl Armed {
    fn strike(&mut self, op: Op, kind: FileKind) -> Option<Failure> {
        let Fault {
            nth,
            lasting,
            failure,
            ..
        } = self.fault;
        if self.fault.op != op || !concerns(self.fault.kind, kind) {
            return None;
        }
        self.seen += 1;
        (self.seen == nth || (lasting && self.seen > nth)).then_some(failure)
    }
}

fn concerns(wanted: Option<FileKind>, kind: FileKind) -> bool {
    wanted.is_none_or(|wanted| wanted == kind)
}
