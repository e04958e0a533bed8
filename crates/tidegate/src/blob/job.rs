//! The job that holds a blob open on a connection's thread and carries out orders.

use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rusqlite::blob::Blob;

use super::exchange::{Exchange, Order, OrderingEnd, Taken};
use super::place::Place;
use crate::engine::Engine;
use crate::error::{Committed, Error, ErrorKind, Result};
use crate::job::{Answered, Control, Job, Mode, Reply, Wakes};
use crate::stats::CallClass;
use crate::sync::{Arc, Mutex, lock};

/// At most so many bytes are read or written by one order, so that none holds the connection's thread for long.
pub(super) const PIECE_MAX: usize = 1 << 20;

/// What a blob is opened for, and what bounds that.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Read { max_age: Duration },
    Write { idle_limit: Duration },
}

/// An open blob, for its one user.
pub struct Opened {
    pub(super) exchange: OrderingEnd,
    pub(super) size: usize,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

type Wrap<R> = Box<dyn FnOnce(Opened) -> R + Send>;

pub(super) struct BlobJob<R> {
    control: Control,
    purpose: Purpose,
    work: Mutex<Option<(Place, Wrap<R>)>>,
    exchange: Arc<Exchange>,
    reply: Reply<R>,
}

impl<R> BlobJob<R> {
    pub(super) fn new(
        place: Place,
        purpose: Purpose,
        wrap: impl FnOnce(Opened) -> R + Send + 'static,
    ) -> Self {
        let (class, mode) = match purpose {
            Purpose::Read { .. } => (CallClass::Read, Mode::Solo),
            Purpose::Write { .. } => (CallClass::Transaction, Mode::Closure),
        };
        Self {
            control: Control::new(class, mode),
            purpose,
            work: Mutex::new(Some((place, Box::new(wrap)))),
            exchange: Arc::default(),
            reply: Reply::new(),
        }
    }

    fn open<'c>(&self, place: &Place, engine: &mut Engine<'c>) -> Result<Blob<'c>> {
        match self.purpose {
            Purpose::Read { .. } => {
                engine.begin_snapshot()?;
                place.open_to_read(engine)
            }
            Purpose::Write { .. } => place.open_to_write(engine),
        }
    }

    /// Gives the open blob to the caller; from here on the caller's deadline is over.
    fn answer(&self, size: usize, wrap: Wrap<R>) -> Result<()> {
        self.control.set_deadline(None);
        if !self.control.execute() {
            return Err(Error::new(ErrorKind::Cancelled, "given up while it opened"));
        }
        let mut wakes = Wakes::default();
        self.reply.stage(wrap(Opened {
            exchange: OrderingEnd::of(self.exchange.clone()),
            size,
        }));
        self.reply.deliver(&mut wakes);
        wakes.wake_all();
        Ok(())
    }

    fn serve(&self, place: &Place, mut blob: Blob<'_>) -> Result<()> {
        let opened = Instant::now();
        loop {
            let until = match self.purpose {
                Purpose::Read { max_age } => opened.checked_add(max_age),
                Purpose::Write { idle_limit } => Instant::now().checked_add(idle_limit),
            };
            match self.exchange.take(until) {
                Taken::Order(order) => {
                    let done = carry_out(order, &mut blob);
                    self.exchange
                        .answer(done.map_err(|error| place.explain(error))?);
                }
                Taken::Finished => return Ok(()),
                Taken::Ended => return Err(Error::new(ErrorKind::Cancelled, "given up")),
                Taken::TimedOut => return Err(self.too_long()),
            }
        }
    }

    fn too_long(&self) -> Error {
        let message = match self.purpose {
            Purpose::Read { max_age } => format!(
                "the blob was open for longer than snapshot_max_age ({max_age:?}) and was closed, so that the write-ahead log can shrink"
            ),
            Purpose::Write { idle_limit } => format!(
                "the blob was idle for longer than transaction_idle_limit ({idle_limit:?}), and its transaction was rolled back"
            ),
        };
        Error::new(ErrorKind::Deadline, message)
    }
}

fn carry_out(order: Order, blob: &mut Blob<'_>) -> rusqlite::Result<Vec<u8>> {
    match order {
        Order::Read { at, len } => {
            let mut bytes = vec![0; len];
            blob.read_at_exact(&mut bytes, at)?;
            Ok(bytes)
        }
        Order::Write { at, mut bytes } => {
            blob.write_at(&bytes, at)?;
            bytes.clear();
            Ok(bytes)
        }
    }
}

impl<R: Send> Job for BlobJob<R> {
    fn control(&self) -> &Control {
        &self.control
    }

    fn run(&self, engine: &mut Engine<'_>) -> Result<()> {
        let work = lock(&self.work).take();
        let Some((place, wrap)) = work else {
            return Err(Error::new(ErrorKind::Cancelled, "given up before it ran"));
        };
        let blob = self.open(&place, engine)?;
        self.answer(blob.len(), wrap)?;
        self.serve(&place, blob)
    }

    fn deliver(&self, _: &mut Wakes) {}

    fn fail(&self, error: Error, wakes: &mut Wakes) {
        // Nothing is committed by this job: a writer's work is its transaction's.
        let error = error.with_committed(Committed::No);
        self.exchange.end(error.duplicate());
        self.reply.fail(error, wakes);
    }

    fn discard(&self) {
        let work = lock(&self.work).take();
        drop(work);
        self.reply.discard();
    }
}

impl<R: Send> Answered<R> for BlobJob<R> {
    fn poll_answer(&self, cx: &mut Context<'_>) -> Poll<Result<R>> {
        self.reply.poll(cx)
    }
}
