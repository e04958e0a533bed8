//! What all requests and workers share.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use tidegate::{Call, Database, ReadTx, StallMonitor, Tx};
use tidegate_stores::{Error, Result};
use tokio::sync::watch;

use crate::config::Config;
use crate::live::Live;
use crate::operation::{Class, Ledger, Measured, Outcome};
use crate::rate::RateLimiter;
use crate::stopping::Stopping;
use crate::touches::Touches;
use crate::workers::Register;

/// A handle of everything that requests and workers share; cloning is cheap.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// What is shared.
pub(crate) struct Shared {
    pub(crate) db: Database,
    /// The database's file.
    pub(crate) path: PathBuf,
    pub(crate) config: watch::Sender<Arc<Config>>,
    pub(crate) ledger: Ledger,
    pub(crate) limiter: RateLimiter,
    pub(crate) touches: Touches,
    pub(crate) live: Live,
    pub(crate) workers: Register,
    pub(crate) stall: StallMonitor,
    pub(crate) stopping: Stopping,
    pub(crate) started: Instant,
    /// The description of the API, once its routes are known.
    pub(crate) openapi: OnceLock<Bytes>,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    pub(crate) fn new(db: Database, config: Config, stall: StallMonitor) -> Self {
        Self(Arc::new(Shared {
            db,
            path: config.database.path.clone(),
            config: watch::Sender::new(Arc::new(config)),
            ledger: Ledger::default(),
            limiter: RateLimiter::default(),
            touches: Touches::default(),
            live: Live::default(),
            workers: Register::default(),
            stall,
            stopping: Stopping::new(),
            started: Instant::now(),
            openapi: OnceLock::new(),
        }))
    }

    /// The configuration as it is now.
    pub(crate) fn config(&self) -> Arc<Config> {
        self.config.borrow().clone()
    }

    /// Reads from the stores, measured under `name`.
    ///
    /// # Cancel safety
    /// Dropping the future stops the reading.
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        name: &'static str,
        class: Class,
        deadline: Duration,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let call = self.db.read(move |tx| Ok(work(tx)?));
        self.measured(name, class, call.deadline(deadline)).await
    }

    /// Changes what is in the stores, measured under `name`.
    ///
    /// # Cancel safety
    /// Dropping the future: the change has happened whole or not at all.
    pub(crate) async fn write<R: Send + 'static>(
        &self,
        name: &'static str,
        class: Class,
        deadline: Duration,
        work: impl FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let call = self.db.write(move |tx| Ok(work(tx)?));
        self.measured(name, class, call.deadline(deadline)).await
    }

    async fn measured<R: Send + 'static>(
        &self,
        name: &'static str,
        class: Class,
        call: Call<R>,
    ) -> Result<R> {
        let begun = self.ledger.tally(Measured::Store, name, class).begin();
        let answer = call.await.map_err(Error::from);
        begun.end(outcome(&answer));
        answer
    }
}

fn outcome<R>(answer: &Result<R>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Done,
        Err(error) => match error.database().map(tidegate::Error::kind) {
            Some(tidegate::ErrorKind::Deadline) => Outcome::TimedOut,
            Some(kind) => Outcome::Failed(kind.as_str()),
            None => Outcome::Failed(error.kind().as_str()),
        },
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("db", &self.db)
            .finish_non_exhaustive()
    }
}
