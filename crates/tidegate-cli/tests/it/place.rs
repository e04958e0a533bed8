//! The two ways to the stores: the database file itself, and a server on it.

#[cfg(unix)]
use crate::serve::service::Client;
use crate::support::{Run, Workdir};

/// The database file.
pub(crate) const FILE: &str = "data.db";

/// Runs a verb on the database file itself.
pub(crate) fn on_file(dir: &Workdir, args: &[&str]) -> Run {
    let args = args.iter().copied().chain(["--db", FILE]);
    dir.run(args.collect::<Vec<_>>())
}

/// Runs a verb that asks a server.
#[cfg(unix)]
pub(crate) fn through(client: &Client, dir: &Workdir, args: &[&str]) -> Run {
    let mut command = dir.command(args);
    command.args(["--server", &format!("http://{}", client.address)]);
    command.env("TIDEGATE_KEY", &client.key);
    Run::of(command.output().unwrap())
}
