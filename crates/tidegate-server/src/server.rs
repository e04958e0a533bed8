//! A server from its start to its end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tidegate::{Database, StallMonitor};
use tidegate_stores::auth::{self, NewKey, Scope, Secret};
use tidegate_stores::schema;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::app::App;
use crate::clock;
use crate::config::{Config, Difference, difference};
use crate::error::ServeError;
use crate::http;
use crate::workers::{self, apply_retention, supervise};

/// How often the stall monitor looks at the executor.
const STALL_TICK: Duration = Duration::from_millis(5);
/// How long the database may take for what is still in its queues: nobody waits for that any more.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// What the first key is called.
const FIRST_KEY: &str = "first";

/// A server that listens and has its database open.
#[derive(Debug)]
pub struct Server {
    app: App,
    listener: TcpListener,
    address: SocketAddr,
    admin_key: Option<Secret>,
    router: Router,
    tasks: JoinSet<()>,
}

/// Ends or changes a running server. Clones are of the same server.
#[derive(Clone, Debug)]
pub struct Handle {
    app: App,
}

impl Server {
    /// Listens, opens the database (making it if it is not there), brings it up to date, and makes the first key if there
    /// is none. Requests wait until [`run`](Self::run).
    ///
    /// # Errors
    /// When the address is taken, or when the database cannot be opened, is none, or is of a later version. Nothing is
    /// left open then.
    ///
    /// # Cancel safety
    /// Dropping the future closes whatever it has opened.
    pub async fn start(config: Config) -> Result<Self, ServeError> {
        // First the address: a database must not be made, with its only admin key, by a start that fails.
        let listener = listen(config.server.listen).await?;
        let address = listener.local_addr().map_err(|source| ServeError::Listen {
            address: config.server.listen,
            source,
        })?;
        let path = config.database.path.clone();
        let db = open(&config, &path).await?;
        let admin_key = match prepare(&db, &path, &config).await {
            Ok(admin_key) => admin_key,
            Err(error) => {
                let _ = db.close().await;
                return Err(error);
            }
        };
        let (stall, ticker) = StallMonitor::new(STALL_TICK);
        let app = App::new(db, config, stall);
        let mut tasks = JoinSet::new();
        tasks.spawn(ticker_until_stopped(app.clone(), ticker));
        let router = http::router(&app);
        Ok(Self {
            app,
            listener,
            address,
            admin_key,
            router,
            tasks,
        })
    }

    /// Where it listens, with the port that was taken.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first key, on the start that made it.
    #[must_use]
    pub fn admin_key(&self) -> Option<&Secret> {
        self.admin_key.as_ref()
    }

    /// What ends it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle {
            app: self.app.clone(),
        }
    }

    /// Serves until [`Handle::stop`]: then no connection is taken any more, requests under way are finished within
    /// `server.shutdown_timeout`, the workers end, and the database is closed.
    ///
    /// # Errors
    /// When the database could not be closed well. What was acknowledged is safe.
    ///
    /// # Cancel safety
    /// Dropping the future ends the server at once, as `kill -9` would: nothing that was acknowledged is lost.
    pub async fn run(self) -> Result<(), ServeError> {
        let Self {
            app,
            listener,
            router,
            mut tasks,
            ..
        } = self;
        for worker in workers::all() {
            supervise(&app, &mut tasks, worker);
        }
        if !http::accept(&app, listener, router).await {
            tracing::warn!("requests were cut off at the shutdown timeout");
        }
        while tasks.join_next().await.is_some() {}
        let closed = app.db.close().timeout(CLOSE_TIMEOUT).await;
        closed.map_err(|error| ServeError::database(&app.path, "close", error))
    }
}

impl Handle {
    /// Asks the server to end. Doing it again changes nothing.
    pub fn stop(&self) {
        self.app.stopping.stop();
    }

    /// Takes another configuration over, as far as that is possible while the server runs; the log says what needs a
    /// restart.
    ///
    /// # Cancel safety
    /// Dropping the future: the retention has been changed in the database or not; the rest has been taken over.
    pub async fn reload(&self, config: Config) {
        let before = self.app.config();
        let Difference {
            applied,
            needs_restart,
        } = difference(&before, &config);
        tracing::info!(?applied, ?needs_restart, "the configuration was read again");
        self.app.config.send_replace(Arc::new(config.clone()));
        if let Err(error) = apply_retention(&self.app.db, &config).await {
            tracing::error!(%error, "the retention stays as it was");
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })
}

async fn open(config: &Config, path: &Path) -> Result<Database, ServeError> {
    let opened = config.database.options().open().await;
    opened.map_err(|error| ServeError::database(path, "open", error))
}

/// Brings the database up to date; gives the first key if it had none.
async fn prepare(
    db: &Database,
    path: &Path,
    config: &Config,
) -> Result<Option<Secret>, ServeError> {
    // A large file takes its time: it is copied before it is changed.
    let migrating = db.migrate(&schema::migrations()).deadline(Duration::MAX);
    let migrated = migrating.await;
    migrated.map_err(|error| ServeError::database(path, "bring up to date", error))?;
    apply_retention(db, config)
        .await
        .map_err(|error| ServeError::database(path, "set the retention of", error))?;
    let now = clock::now();
    let made = db.write(move |tx| {
        if auth::has_any(tx)? {
            return Ok(None);
        }
        let first = NewKey::new(FIRST_KEY, [Scope::Admin]);
        Ok(Some(auth::create(tx, now, &first)?.secret))
    });
    made.await
        .map_err(|error| ServeError::database(path, "make the first key of", error))
}

async fn ticker_until_stopped(app: App, ticker: tidegate::StallTicker) {
    tokio::select! {
        () = app.stopping.stopped() => {}
        () = ticker => {}
    }
}
