//! The job that reads a stream's rows on a connection's thread, and the bounded hand-over to its consumer.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::chunk::{Chunk, content_bytes};
use crate::current;
use crate::decode::{ColumnNames, decode_row};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Answered, Control, Job, Mode, Wakes, wake};
use crate::params::Params;
use crate::stats::CallClass;
use crate::sync::{Condvar, Mutex, MutexGuard, lock};

/// Chunks that may wait for the consumer.
const AHEAD: usize = 2;

/// What keeps a stream from taking more than its share.
pub(super) struct Bounds {
    mode: Mode,
    ahead: usize,
    /// `None` where a session bounds it.
    max_age: Option<Duration>,
}

impl Bounds {
    pub(super) fn new(is_memory: bool, max_age: Duration) -> Self {
        // In memory the only connection must never wait for the consumer, who may be about to use it.
        let (mode, ahead) = match is_memory {
            true => (Mode::Read, usize::MAX),
            false => (Mode::Solo, AHEAD),
        };
        Self {
            mode,
            ahead,
            max_age: Some(max_age),
        }
    }

    pub(super) fn of_session() -> Self {
        Self {
            mode: Mode::Solo,
            ahead: AHEAD,
            max_age: None,
        }
    }
}

struct Query {
    sql: Cow<'static, str>,
    params: Params,
    /// The consumer has set a deadline; otherwise the one there bounds the wait for a connection only.
    has_deadline: bool,
}

enum End {
    Finished,
    Failed(Error),
    /// Nobody listens any more, or the consumer was told.
    Over,
}

struct State<T> {
    chunks: VecDeque<Vec<T>>,
    end: Option<End>,
    waker: Option<Waker>,
}

pub(super) struct StreamJob<T> {
    control: Control,
    query: Mutex<Option<Query>>,
    bounds: Bounds,
    state: Mutex<State<T>>,
    room: Condvar,
}

impl<T> StreamJob<T> {
    pub(super) fn new(sql: Cow<'static, str>, params: Params, bounds: Bounds) -> Self {
        Self {
            control: Control::new(CallClass::Stream, bounds.mode),
            query: Mutex::new(Some(Query {
                sql,
                params,
                has_deadline: false,
            })),
            bounds,
            state: Mutex::new(State {
                chunks: VecDeque::new(),
                end: None,
                waker: None,
            }),
            room: Condvar::new(),
        }
    }

    pub(super) fn set_deadline(&self, after: Option<Duration>) {
        let mut query = lock(&self.query);
        if let Some(query) = &mut *query {
            query.has_deadline = true;
        }
        self.control.set_deadline(after);
    }

    fn take_query(&self) -> Result<Query> {
        let mut query = lock(&self.query);
        let query = query
            .take()
            .ok_or_else(|| Error::new(ErrorKind::Cancelled, "given up before it ran"))?;
        if !query.has_deadline {
            self.control.set_deadline(None);
        }
        Ok(query)
    }

    /// The error of a stream that is past its own or its session's limit.
    fn too_old(&self) -> Error {
        let message = match self.bounds.max_age {
            Some(max_age) => Cow::Owned(format!(
                "the stream was open for longer than snapshot_max_age ({max_age:?}) and was ended, so that the write-ahead log can shrink"
            )),
            None => Cow::Borrowed(crate::engine::SNAPSHOT_TOO_OLD),
        };
        Error::new(ErrorKind::Deadline, message).with_timing(self.control.timing())
    }

    /// Gives rows to the consumer, waiting until it has room for them.
    fn hand_over(&self, rows: Vec<T>) -> Result<()> {
        let mut state = self.wait_for_room()?;
        state.chunks.push_back(rows);
        let waker = state.waker.take();
        drop(state);
        wake(waker);
        Ok(())
    }

    fn wait_for_room(&self) -> Result<MutexGuard<'_, State<T>>> {
        let mut state = lock(&self.state);
        loop {
            if state.end.is_some() {
                return Err(Error::new(ErrorKind::Cancelled, "given up while running"));
            }
            if state.chunks.len() < self.bounds.ahead {
                return Ok(state);
            }
            let left =
                current::limit().map(|limit| limit.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => return Err(self.too_old()),
                Some(left) => {
                    let waited = self.room.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.room.wait(state);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }

    /// Ends the stream unless it has ended, and wakes whoever waits.
    fn end(&self, end: End, wakes: &mut Wakes) {
        let mut state = lock(&self.state);
        if state.end.is_none() {
            state.end = Some(end);
            wakes.push(state.waker.take());
        }
        drop(state);
        self.room.notify_one();
    }
}

impl<T: DeserializeOwned> StreamJob<T> {
    fn read_all(&self, query: Query, engine: &mut Engine<'_>) -> Result<()> {
        let names = ColumnNames::new();
        let mut chunk = Chunk::new();
        let mut each = |row: &rusqlite::Row<'_>| {
            chunk.push(decode_row(row, &names)?, content_bytes(row));
            if chunk.is_full() {
                self.hand_over(chunk.take())?;
            }
            Ok(ControlFlow::Continue(()))
        };
        let outcome = engine.run(&query.sql, query.params, &mut each).map(drop);
        // The rows before an error are the consumer's all the same.
        let rest = match chunk.is_empty() {
            true => Ok(()),
            false => self.hand_over(chunk.take()),
        };
        outcome.and(rest)
    }
}

impl<T: DeserializeOwned + Send> Job for StreamJob<T> {
    fn control(&self) -> &Control {
        &self.control
    }

    fn run(&self, engine: &mut Engine<'_>) -> Result<()> {
        let query = self.take_query()?;
        let outer = current::limit();
        if let Some(max_age) = self.bounds.max_age {
            current::set_limit(Instant::now().checked_add(max_age));
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| self.read_all(query, engine)));
        let is_too_old = current::is_past_limit();
        current::set_limit(outer);
        let outcome = outcome.unwrap_or_else(|payload| Err(Error::panicked(payload)));
        outcome.map_err(|error| match error.kind() {
            ErrorKind::Deadline if is_too_old => self.too_old(),
            _ => error,
        })
    }

    fn deliver(&self, wakes: &mut Wakes) {
        self.end(End::Finished, wakes);
    }

    fn fail(&self, error: Error, wakes: &mut Wakes) {
        self.end(End::Failed(error), wakes);
    }

    fn discard(&self) {
        let query = lock(&self.query).take();
        let mut state = lock(&self.state);
        let chunks = std::mem::take(&mut state.chunks);
        let end = state.end.replace(End::Over);
        state.waker = None;
        drop(state);
        self.room.notify_one();
        // Their own code may run when they are dropped, and must not find the lock held.
        drop((query, chunks, end));
    }
}

/// Answers with the next chunk, and with `None` after the last one.
impl<T: DeserializeOwned + Send> Answered<Option<Vec<T>>> for StreamJob<T> {
    fn poll_answer(&self, cx: &mut Context<'_>) -> Poll<Result<Option<Vec<T>>>> {
        let mut state = lock(&self.state);
        if let Some(chunk) = state.chunks.pop_front() {
            drop(state);
            self.room.notify_one();
            return Poll::Ready(Ok(Some(chunk)));
        }
        match state.end.take() {
            None => {
                match &mut state.waker {
                    Some(waker) => waker.clone_from(cx.waker()),
                    none => *none = Some(cx.waker().clone()),
                }
                Poll::Pending
            }
            Some(end) => {
                state.end = Some(End::Over);
                Poll::Ready(match end {
                    End::Failed(error) => Err(error),
                    End::Finished | End::Over => Ok(None),
                })
            }
        }
    }
}
