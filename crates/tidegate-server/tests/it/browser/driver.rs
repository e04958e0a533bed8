//! ChromeDriver, one for each test, ended with it.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::PATIENCE;

const MISSING: &str =
    "chromedriver is missing: `cargo xtask test` installs Debian's chromium-driver";
/// What comes before the port in the line that says that it listens.
const BEFORE_PORT: &str = "successfully on port ";

/// A running ChromeDriver; killed when dropped.
pub(super) struct Driver {
    process: Child,
    pub(super) url: String,
}

impl Driver {
    /// Starts it on a free port.
    pub(super) async fn start() -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.stderr(Stdio::null()).spawn().expect(MISSING);
        let port = tokio::time::timeout(PATIENCE, port(&mut process)).await;
        let port = port.expect("chromedriver tells its port");
        Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Ends it; its sessions have been closed before.
    pub(super) async fn stop(mut self) {
        self.process.kill().await.unwrap();
    }
}

async fn port(process: &mut Child) -> u16 {
    let output = process.stdout.take().unwrap();
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, port)) = line.split_once(BEFORE_PORT) {
            return port.trim_end_matches('.').parse().unwrap();
        }
    }
    panic!("chromedriver ended before it listened");
}
