//! What every command is given besides its own arguments: deadline, cancellation, output settings.

use std::future::Future;
use std::time::{Duration, Instant};

use tidegate::{Begin, Call, CancelToken};

use crate::cli::Globals;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::signals::{Stop, Stopping};

/// The longest default deadline that the driver takes; calls without `--deadline` have none.
const LONGEST: Duration = Duration::from_secs(86_400);

/// The circumstances of one run of the program.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) globals: Globals,
    pub(crate) output: Output,
    until: Option<Instant>,
    token: CancelToken,
    stopping: Stopping,
    /// The key of the database, once it has been read or asked for.
    #[cfg(feature = "encryption")]
    key: std::sync::OnceLock<Option<tidegate::Key>>,
}

impl Context {
    pub(crate) fn new(
        globals: Globals,
        output: Output,
        token: CancelToken,
        stopping: Stopping,
    ) -> Self {
        let until = globals
            .deadline
            .and_then(|after| Instant::now().checked_add(after));
        Self {
            globals,
            output,
            until,
            token,
            stopping,
            #[cfg(feature = "encryption")]
            key: std::sync::OnceLock::new(),
        }
    }

    /// The key of the database; the terminal is asked at most once.
    #[cfg(feature = "encryption")]
    pub(crate) fn key(&self) -> Result<Option<tidegate::Key>> {
        if let Some(key) = self.key.get() {
            return Ok(key.clone());
        }
        let key = crate::key::of_database(&self.globals.key)?;
        Ok(self.key.get_or_init(|| key).clone())
    }

    /// What is left of the deadline.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        self.until
            .map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// The deadline for what cannot be given one of its own.
    pub(crate) fn default_deadline(&self) -> Duration {
        let least = Duration::from_millis(1);
        self.remaining()
            .map_or(LONGEST, |left| left.clamp(least, LONGEST))
    }

    /// Gives a call of the driver the rest of the deadline, and Ctrl-C's token.
    pub(crate) fn limit<R: Send + 'static>(&self, call: Call<R>) -> Call<R> {
        call.deadline(self.remaining_or_max()).cancel(&self.token)
    }

    /// The rest of the deadline for a call with a deadline of its own making.
    pub(crate) fn remaining_or_max(&self) -> Duration {
        self.remaining().unwrap_or(Duration::MAX)
    }

    /// What Ctrl-C uses.
    pub(crate) fn token(&self) -> &CancelToken {
        &self.token
    }

    /// As [`limit`](Self::limit), for the opening of a transaction.
    pub(crate) fn limit_begin<T>(&self, begin: Begin<T>) -> Begin<T> {
        begin.deadline(self.remaining_or_max()).cancel(&self.token)
    }

    /// Runs a call with its limits.
    pub(crate) async fn call<R: Send + 'static>(&self, call: Call<R>) -> Result<R> {
        self.limit(call).await.map_err(|error| self.failed(error))
    }

    /// Runs what is no single call of the driver, until the deadline or Ctrl-C.
    pub(crate) async fn guard<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            stop = self.stop() => Err(Failure::stopped(stop)),
            () = self.deadline_passes() => Err(self.late()),
            outcome = work => outcome,
        }
    }

    /// Runs what blocks on a thread of its own, until the deadline or Ctrl-C; what blocks then is left behind.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let running = tokio::task::spawn_blocking(work);
        self.guard(async {
            match running.await {
                Ok(outcome) => outcome,
                Err(error) => Err(Failure::refused(format!(
                    "a thread of this program: {error}"
                ))),
            }
        })
        .await
    }

    /// Refuses to go on past the deadline or after Ctrl-C.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(stop) = *self.stopping.borrow() {
            return Err(Failure::stopped(stop));
        }
        match self.remaining() {
            Some(Duration::ZERO) => Err(self.late()),
            _ => Ok(()),
        }
    }

    /// The driver's error as this program's failure.
    pub(crate) fn failed(&self, error: tidegate::Error) -> Failure {
        Failure::from(error).or_stopped(*self.stopping.borrow())
    }

    fn late(&self) -> Failure {
        let allowed = self.globals.deadline.unwrap_or_default();
        Failure::deadline(format!(
            "the deadline of {} has passed",
            humantime::format_duration(allowed)
        ))
    }

    /// Waits for the signal that asks the program to end.
    pub(crate) async fn stop(&self) -> Stop {
        let mut stopping = self.stopping.clone();
        let stop = stopping
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|stop| *stop);
        match stop {
            Some(stop) => stop,
            // Nobody listens for signals any more, so none will come.
            None => std::future::pending().await,
        }
    }

    async fn deadline_passes(&self) {
        match self.until {
            Some(until) => tokio::time::sleep_until(until.into()).await,
            None => std::future::pending().await,
        }
    }
}
