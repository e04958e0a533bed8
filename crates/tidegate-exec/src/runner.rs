//! Runs commands without blocking the executor, a limited number at once.

mod capture;
mod group;
mod launch;
mod lookup;
mod pipes;
mod supervise;
mod trampoline;

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::JoinError;
use tokio::time::{Instant, timeout_at};

use crate::command::Command;
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::Outcome;
use supervise::Supervisor;

const PLACES_MAX: usize = 10_000;

/// Runs commands on the current Tokio runtime, a limited number at once.
///
/// Each command runs in a process group of its own. Whatever ends the run, nothing of that group outlives it: at the
/// timeout, or when the future is dropped, the whole group is asked to end (`SIGTERM`) and is killed (`SIGKILL`) when its
/// grace period is over, or sooner if the command has ended and nothing holds its streams; after the command has ended
/// by itself, what it left running in its group is killed at once.
///
/// A process that leaves the group (by `setsid`, as daemons do) is out of reach of these signals and lives on. It
/// does not hold up the call: its hold on the streams is given up after [`Command::drain_for`], and
/// [`Captured::complete`](crate::Captured::complete) is false.
///
/// The end of a child is learnt from `SIGCHLD`, through Tokio. A program that reaps children it did not start
/// (`waitpid(-1)`) takes their ends away from the runner.
///
/// A clone shares the places with the original.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> tidegate_exec::Result<()> {
/// use std::time::Duration;
/// use tidegate_exec::{Command, Runner, Stop};
///
/// let runner = Runner::new(2)?;
/// let sleeper = Command::new(["sleep", "60"]).timeout(Duration::from_millis(50));
/// let outcome = runner.run(&sleeper).await?;
/// assert_eq!(outcome.stopped, Some(Stop::TimedOut { killed: false }));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Runner {
    places: Arc<Semaphore>,
    total: usize,
}

impl Runner {
    /// A runner for at most `places` commands at once.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid) unless there are 1 to 10 000 places.
    pub fn new(places: usize) -> Result<Self> {
        if !(1..=PLACES_MAX).contains(&places) {
            let reason = format!("is {places}: allowed is 1 to {PLACES_MAX}");
            return Err(Error::invalid("places", reason));
        }
        Ok(Self {
            places: Arc::new(Semaphore::new(places)),
            total: places,
        })
    }

    /// How many commands hold a place now, those that are being killed included.
    #[must_use]
    pub fn running(&self) -> usize {
        self.total - self.places.available_permits()
    }

    /// Runs a command, and reads its streams until it has ended.
    ///
    /// A command that fails, is killed, or runs out of time has an [`Outcome`] like any other; an error says that there
    /// is none. Processes are started on one of the runtime's threads for blocking work, because that can take long.
    ///
    /// The call takes at most the timeout, the grace period and the drain time together, and a moment for the system to
    /// end what was killed.
    ///
    /// # Errors
    /// - [`Invalid`](ErrorKind::Invalid): a setting makes no sense, see [`Command::validate`].
    /// - [`NoPlace`](ErrorKind::NoPlace), [`LateStart`](ErrorKind::LateStart): the timeout passed before it ran.
    /// - [`NotFound`](ErrorKind::NotFound), [`Permission`](ErrorKind::Permission), [`Launch`](ErrorKind::Launch),
    ///   [`Limits`](ErrorKind::Limits): it was not started.
    /// - [`Unkillable`](ErrorKind::Unkillable), [`Lost`](ErrorKind::Lost): it was started, and nothing is known of its end.
    /// - [`Runtime`](ErrorKind::Runtime): there is no Tokio runtime, or it is shutting down.
    ///
    /// # Panics
    /// If the runtime was built without its time or I/O driver.
    ///
    /// # Cancel safety
    /// Dropping the future before it has a place runs nothing. Later it ends the command as a timeout does, in a task of
    /// the runtime: the group is asked to end, killed after the grace period, and reaped; the place is free only then.
    /// If the runtime shuts down meanwhile the group is killed at once.
    pub async fn run(&self, command: &Command) -> Result<Outcome> {
        command.validate()?;
        let runtime = Handle::try_current()
            .map_err(|_| Error::new(ErrorKind::Runtime, "there is no Tokio runtime here"))?;
        let asked = Instant::now();
        let deadline = asked + command.timeout;
        let place = self.place(deadline, command.timeout).await?;
        let (caller, abandoned) = oneshot::channel();
        let supervisor = Supervisor {
            command: Arc::new(command.clone()),
            waited: asked.elapsed(),
            deadline,
            abandoned,
        };
        let result = runtime.spawn(supervisor.run(place)).await;
        drop(caller);
        result.unwrap_or_else(|error| Err(unsupervised(&error)))
    }

    async fn place(&self, deadline: Instant, timeout: Duration) -> Result<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).acquire_owned();
        let place = timeout_at(deadline, place)
            .await
            .map_err(|_| self.full(timeout))?;
        Ok(place.expect("invariant: the semaphore is never closed"))
    }

    fn full(&self, timeout: Duration) -> Error {
        let message = format!(
            "no place within {timeout:?}: all {} places for commands are taken",
            self.total
        );
        Error::new(ErrorKind::NoPlace, message)
    }
}

fn unsupervised(error: &JoinError) -> Error {
    let message = if error.is_panic() {
        "the supervision of the command panicked; the command has been killed"
    } else {
        "the runtime is shutting down; the command has been killed"
    };
    Error::new(ErrorKind::Runtime, message)
}
