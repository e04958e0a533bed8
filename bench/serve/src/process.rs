//! A server as a process of its own, killed in the end.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bench_harness::Result;
use tokio::process::{Child, Command};

use crate::wire::{Answer, Endpoint};

/// How long a server may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How often it is asked.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// Starts a program whose log goes to a file. It is killed when the child is dropped.
pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Child> {
    let log = File::options().create(true).append(true).open(log)?;
    command.stdin(Stdio::null()).stderr(log).kill_on_drop(true);
    Ok(command.spawn()?)
}

/// `kill -9`, and waits until it is gone.
pub(crate) async fn kill(mut child: Child) -> Result<()> {
    Ok(child.kill().await?)
}

/// An address of this machine where nobody listens.
pub(crate) fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

/// Asks until there is an answer of success.
pub(crate) async fn first_answer(endpoint: &Endpoint, path: &str) -> Result<Answer> {
    let begun = Instant::now();
    loop {
        let asked = async { endpoint.connect().await?.patient().get(path).await };
        match asked.await {
            Ok(answer) if answer.status.is_success() => return Ok(answer),
            _ if begun.elapsed() < START_LIMIT => tokio::time::sleep(ASK_EVERY).await,
            Ok(answer) => return Err(format!("{path}: {}", answer.status).into()),
            Err(error) => return Err(error),
        }
    }
}

/// What a program prints first, such as its version.
pub(crate) async fn first_line(program: &Path, argument: &str) -> Result<String> {
    let output = Command::new(program).arg(argument).output().await?;
    let mut text = output.stdout;
    text.extend(output.stderr);
    let text = String::from_utf8_lossy(&text);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
