//! `tidegate serve` as a process.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use bench_harness::Result;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::process;
use crate::system::System;
use crate::wire::Endpoint;

/// The settings that differ from the defaults, whatever is measured: one key does all, and 2,000 connections are kept.
const SETTINGS: &str = "[server]\nrequests_per_second = 0\nconnections_max = 4096\n";

/// A server that runs, and its files.
#[derive(Debug)]
pub(crate) struct Tidegate {
    child: Child,
    directory: PathBuf,
    pub(crate) endpoint: Endpoint,
}

impl Tidegate {
    /// Starts a server in an empty directory, with these sections of the configuration besides [`SETTINGS`].
    pub(crate) async fn start(directory: PathBuf, sections: &str) -> Result<Self> {
        configure(&directory, sections)?;
        let address = process::free_address()?;
        let endpoint = Endpoint { address, key: None };
        let mut server = Self::spawn(directory, endpoint)?;
        server.endpoint.key = Some(server.first_key().await?);
        process::first_answer(&server.endpoint, "/readyz").await?;
        Ok(server)
    }

    /// Kills it, and starts it again on what it left behind: same place, same key. Not waited for until it answers.
    pub(crate) async fn restart(self) -> Result<Self> {
        let (directory, endpoint) = self.kill().await?;
        Self::spawn(directory, endpoint)
    }

    /// `kill -9`. What it left behind, and where it was.
    pub(crate) async fn kill(self) -> Result<(PathBuf, Endpoint)> {
        process::kill(self.child).await?;
        Ok((self.directory, self.endpoint))
    }

    /// Writes another configuration, for the next start.
    pub(crate) fn configure(&self, sections: &str) -> Result<()> {
        configure(&self.directory, sections)
    }

    /// What the server says of itself.
    pub(crate) async fn system(&self) -> Result<System> {
        let mut connection = self.endpoint.connect().await?.patient();
        let system = connection.get("/api/v1/system").await?.json()?;
        Ok(System(system))
    }

    /// Kills it, and counts in its file.
    pub(crate) async fn kill_and_count(self, sql: &str) -> Result<u64> {
        let (directory, _) = self.kill().await?;
        let mut query = Command::new(program()?);
        query.arg("query").arg(directory.join("run.db")).arg(sql);
        let output = query.arg("--json").output().await?;
        let rows: Value = serde_json::from_slice(&output.stdout)?;
        let count = rows[0]["n"].as_u64();
        count.ok_or_else(|| format!("`{sql}` did not count: {rows}").into())
    }

    pub(crate) fn spawn(directory: PathBuf, endpoint: Endpoint) -> Result<Self> {
        let mut command = Command::new(program()?);
        command.args(["serve", "--json", "--db"]);
        command.arg(directory.join("run.db")).arg("--config");
        command.arg(directory.join("tidegate.toml"));
        command.args(["--listen", &endpoint.address.to_string()]);
        command.stdout(Stdio::piped());
        let child = process::start(&mut command, &directory.join("tidegate.log"))?;
        Ok(Self {
            child,
            directory,
            endpoint,
        })
    }

    /// Reads the facts of the start until the one with the key.
    async fn first_key(&mut self) -> Result<String> {
        let output = self.child.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await? {
            let fact: Value = serde_json::from_str(&line)?;
            if let Some(key) = fact["admin_key"].as_str() {
                return Ok(key.to_owned());
            }
        }
        let log = std::fs::read_to_string(self.directory.join("tidegate.log"))?;
        Err(format!("the server ended without a key: {log}").into())
    }
}

/// Built beside this program by `cargo xtask bench serve`.
pub(crate) fn program() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("tidegate");
    match program.exists() {
        true => Ok(program),
        false => Err(format!("{} is not built", program.display()).into()),
    }
}

fn configure(directory: &Path, sections: &str) -> Result<()> {
    let text = format!("{SETTINGS}\n{sections}");
    Ok(std::fs::write(directory.join("tidegate.toml"), text)?)
}
