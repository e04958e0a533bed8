//! What every command is given besides its own arguments: deadline, cancellation, output settings.

use std::future::Future;
use std::time::{Duration, Instant};

use tidegate::{Begin, Call, CancelToken};
use tokio::sync::watch;

use crate::cli::Globals;
use crate::failure::{Failure, Result};
use crate::output::Output;

/// The longest default deadline that the driver takes; calls without `--deadline` have none.
const LONGEST: Duration = Duration::from_secs(86_400);

/// The circumstances of one run of the program.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) globals: Globals,
    pub(crate) output: Output,
    until: Option<Instant>,
    token: CancelToken,
    interrupted: watch::Receiver<bool>,
    /// The key of the database, once it has been read or asked for.
    #[cfg(feature = "encryption")]
    key: std::sync::OnceLock<Option<tidegate::Key>>,
}

impl Context {
    pub(crate) fn new(
        globals: Globals,
        output: Output,
        token: CancelToken,
        interrupted: watch::Receiver<bool>,
    ) -> Self {
        let until = globals
            .deadline
            .and_then(|after| Instant::now().checked_add(after));
        Self {
            globals,
            output,
            until,
            token,
            interrupted,
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
            () = self.interrupt() => Err(Failure::interrupted()),
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
        if self.is_interrupted() {
            return Err(Failure::interrupted());
        }
        match self.remaining() {
            Some(Duration::ZERO) => Err(self.late()),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        *self.interrupted.borrow()
    }

    /// The driver's error as this program's failure.
    pub(crate) fn failed(&self, error: tidegate::Error) -> Failure {
        Failure::from(error).or_interrupted(self.is_interrupted())
    }

    fn late(&self) -> Failure {
        let allowed = self.globals.deadline.unwrap_or_default();
        Failure::deadline(format!(
            "the deadline of {} has passed",
            humantime::format_duration(allowed)
        ))
    }

    async fn interrupt(&self) {
        let mut interrupted = self.interrupted.clone();
        if interrupted
            .wait_for(|&interrupted| interrupted)
            .await
            .is_err()
        {
            // Nobody listens for Ctrl-C any more, so it will not come.
            std::future::pending::<()>().await;
        }
    }

    async fn deadline_passes(&self) {
        match self.until {
            Some(until) => tokio::time::sleep_until(until.into()).await,
            None => std::future::pending().await,
        }
    }
}
