//! Debian's `prometheus-alertmanager` as a process.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use bench_harness::Result;
use tokio::process::{Child, Command};

use crate::process;
use crate::wire::Endpoint;

const PROGRAM: &str = "prometheus-alertmanager";

/// An Alertmanager that runs, and its files.
#[derive(Debug)]
pub(crate) struct Alertmanager {
    child: Child,
    directory: PathBuf,
    flags: &'static [&'static str],
    pub(crate) endpoint: Endpoint,
}

impl Alertmanager {
    /// Starts one in an empty directory, with this configuration, and these flags besides its defaults.
    pub(crate) async fn start(
        directory: PathBuf,
        configuration: &str,
        flags: &'static [&'static str],
    ) -> Result<Self> {
        std::fs::write(directory.join("alertmanager.yml"), configuration)?;
        let address = process::free_address()?;
        let server = Self::spawn(directory, flags, Endpoint { address, key: None })?;
        process::first_answer(&server.endpoint, "/-/ready").await?;
        Ok(server)
    }

    /// Starts it again on what it left behind, not waited for until it answers.
    pub(crate) fn spawn(
        directory: PathBuf,
        flags: &'static [&'static str],
        endpoint: Endpoint,
    ) -> Result<Self> {
        let mut command = Command::new(PROGRAM);
        command.arg("--config.file");
        command.arg(directory.join("alertmanager.yml"));
        command.arg("--storage.path").arg(directory.join("data"));
        command.arg(format!("--web.listen-address={}", endpoint.address));
        // One alone, as its documentation says: it would wait for others before it tells anything.
        command.arg("--cluster.listen-address=").args(flags);
        command.stdout(Stdio::null());
        let child = process::start(&mut command, &directory.join("alertmanager.log"))?;
        Ok(Self {
            child,
            directory,
            flags,
            endpoint,
        })
    }

    /// `kill -9`. What it left behind, with which flags it ran, and where.
    pub(crate) async fn kill(self) -> Result<(PathBuf, &'static [&'static str], Endpoint)> {
        process::kill(self.child).await?;
        Ok((self.directory, self.flags, self.endpoint))
    }
}

/// What it calls itself.
pub(crate) async fn version() -> Result<String> {
    let line = process::first_line(Path::new(PROGRAM), "--version").await;
    let missing = |error| format!("{PROGRAM}, Debian's package of this name: {error}");
    Ok(line.map_err(missing)?)
}
