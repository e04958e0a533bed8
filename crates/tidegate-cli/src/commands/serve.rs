//! `serve`: the server, from its start to the signal that ends it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use tidegate_server::{Flag, Handle, Loaded, ServeError, Server};

use super::config::{ConfigArgs, load};
use super::shown;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::output::escape;

const DETAILS: &str = "\
Without --db, the file is `tidegate.db` in the working directory; it is made if it is not there. The start that makes the
first key prints it: it is shown this one time.

The server listens on this machine alone. An address that others reach needs --allow-remote (or server.allow_remote).
SIGTERM and Ctrl-C end it when the requests under way are done; a second signal ends it at once. SIGHUP reads the
configuration again.

JSON, one object a line: {\"database\": file}, then {\"url\": URL, \"admin_key\": key, on the start that makes it}. The log
goes to standard error, as JSON too.";

/// Watch services: metrics, alerts, events and a dashboard over HTTP, on one database file
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Serve {
    /// The database file
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,

    /// The address to listen at; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,

    /// Let the address be one that other machines reach
    #[arg(long)]
    allow_remote: bool,

    #[command(flatten)]
    config: ConfigArgs,

    /// What is logged: error, warn, info, debug, trace, or a filter by module
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: String,
}

impl Serve {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        crate::log::begin(&self.log, context.output.is_json())?;
        let loaded = self.load().await?;
        let started = async { Server::start(loaded.config().clone()).await.map_err(failed) };
        let server = context.guard(started).await?;
        tell(context, loaded.config().database.path.as_path(), &server);
        let handle = server.handle();
        let mut running = tokio::spawn(server.run());
        tokio::select! {
            ended = &mut running => return finish(ended),
            () = self.reload_until_stopped(context, &handle) => {}
        }
        handle.stop();
        finish(running.await)
    }

    async fn load(&self) -> Result<Loaded> {
        load(&self.config, self.flags()).await
    }

    fn flags(&self) -> Vec<Flag> {
        let mut flags = Vec::new();
        if let Some(db) = &self.db {
            let path = db.display().to_string();
            flags.push(Flag::new("--db", "database.path", path));
        }
        if let Some(listen) = self.listen {
            flags.push(Flag::new("--listen", "server.listen", listen.to_string()));
        }
        if self.allow_remote {
            flags.push(Flag::new("--allow-remote", "server.allow_remote", "true"));
        }
        flags
    }

    /// Reads the configuration again at each SIGHUP, until a signal asks the server to end.
    async fn reload_until_stopped(&self, context: &Context, handle: &Handle) {
        let mut hangups = crate::signals::Hangups::listen();
        loop {
            tokio::select! {
                _ = context.stop() => return,
                () = hangups.next() => self.reload(handle).await,
            }
        }
    }

    async fn reload(&self, handle: &Handle) {
        match self.load().await {
            Ok(loaded) => handle.reload(loaded.config().clone()).await,
            Err(failure) => tracing::error!(%failure, "the configuration stays as it was"),
        }
    }
}

/// Says where the server is, and its first key, on standard output.
fn tell(context: &Context, db: &Path, server: &Server) {
    let key = server.admin_key().map(|key| key.reveal());
    if context.output.is_json() {
        println!("{}", json!({ "database": db.display().to_string() }));
        let mut fact = json!({ "url": server.url() });
        if let Some(key) = key {
            fact["admin_key"] = key.into();
        }
        println!("{fact}");
        return;
    }
    println!("Serving {} at {}", shown(db), escape::line(&server.url()));
    if let Some(key) = key {
        println!("The first key, shown this one time:\n\n  {key}\n");
        println!("Dashboard: {}/dashboard", server.url());
        println!(
            "Try: curl -H 'Authorization: Bearer {key}' {}/api/v1/system",
            server.url()
        );
    }
}

fn finish(
    ended: std::result::Result<std::result::Result<(), ServeError>, tokio::task::JoinError>,
) -> Result<ExitCode> {
    match ended {
        Ok(Ok(())) => Ok(ExitCode::SUCCESS),
        Ok(Err(error)) => Err(failed(error)),
        Err(error) => Err(Failure::refused(format!("the server failed: {error}"))),
    }
}

fn failed(error: ServeError) -> Failure {
    let message = error.to_string();
    match error {
        ServeError::Database { source, .. } => Failure::from(source).message(message),
        _ => Failure::refused(message),
    }
}
