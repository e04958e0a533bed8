//! A server of its own for each test, and a client that shows its key.

pub(crate) mod chain;
mod client;

use std::net::SocketAddr;
use std::time::Duration;

use tempfile::TempDir;
use tidegate::Database;
use tidegate_server::{Config, Handle, ServeError, Server};
use tidegate_stores::Timestamp;
use tokio::task::JoinHandle;

pub(crate) use client::{Client, Reply, event as client_event};

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running server in a directory of its own.
pub(crate) struct TestServer {
    pub(crate) client: Client,
    pub(crate) handle: Handle,
    config: Config,
    dir: TempDir,
    running: JoinHandle<Result<(), ServeError>>,
}

impl std::ops::Deref for TestServer {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With another configuration; the server does not measure itself, and has no rules, unless that says so.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = TempDir::with_prefix("tidegate-server-test-").unwrap();
        let mut config = Config::default();
        config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.database.path = dir.path().join("test.db");
        config.metrics.record_self = false;
        config.alerts.builtin_rules = false;
        change(&mut config);
        Self::run(dir, config, None).await
    }

    /// With the configuration of a file, but for its address and its database.
    pub(crate) async fn start_from(file: &str) -> Self {
        let given: Config = toml::from_str(file).unwrap();
        Self::start_with(|config| {
            let (listen, path) = (config.server.listen, config.database.path.clone());
            *config = given;
            (config.server.listen, config.database.path) = (listen, path);
            config.metrics.record_self = false;
        })
        .await
    }

    async fn run(dir: TempDir, config: Config, key: Option<String>) -> Self {
        let server = Server::start(config.clone()).await.unwrap();
        let made = server.admin_key().map(|key| key.reveal().to_owned());
        assert_eq!(
            made.is_some(),
            key.is_none(),
            "the first start alone makes a key"
        );
        let client = Client::new(server.url(), made.or(key).unwrap());
        let handle = server.handle();
        let running = tokio::spawn(server.run());
        Self {
            client,
            handle,
            config,
            dir,
            running,
        }
    }

    /// Ends the server, and says how that went.
    pub(crate) async fn stop(self) -> Stopped {
        self.handle.stop();
        let ended = tokio::time::timeout(PATIENCE, self.running).await;
        ended.unwrap().unwrap().unwrap();
        Stopped {
            config: self.config,
            dir: self.dir,
            key: self.client.key,
        }
    }

    /// Another handle of the database file, as another process would have it.
    pub(crate) async fn other_handle(&self) -> Database {
        Database::open(self.dir.path().join("test.db"))
            .await
            .unwrap()
    }
}

/// What is left when a server has ended.
pub(crate) struct Stopped {
    config: Config,
    pub(crate) dir: TempDir,
    key: String,
}

impl Stopped {
    pub(crate) async fn start_again(self) -> TestServer {
        TestServer::run(self.dir, self.config, Some(self.key)).await
    }
}

/// This moment, as the server's clock has it.
pub(crate) fn now() -> Timestamp {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap()).unwrap()
}

/// Waits until something holds.
pub(crate) async fn wait_until(mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}
