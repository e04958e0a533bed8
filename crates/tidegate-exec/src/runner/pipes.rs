//! The three streams of a command, served together so that none of them can hold it up.

use std::future::pending;
use std::io;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::time::timeout;

use super::capture::Capture;
use crate::command::Command;

/// The three streams of a process, as it was started with them.
pub(super) struct Streams {
    stdin: Option<process::ChildStdin>,
    stdout: Option<process::ChildStdout>,
    stderr: Option<process::ChildStderr>,
}

impl Streams {
    pub(super) fn of(child: &mut process::Child) -> Self {
        Self {
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
        }
    }
}

/// The three streams of a command.
pub(super) struct Pipes {
    stdin: Feed,
    pub(super) stdout: Capture<ChildStdout>,
    pub(super) stderr: Capture<ChildStderr>,
}

/// What is left to be written to a command's standard input.
struct Feed {
    /// `None` once all is written, or nobody reads any more.
    stream: Option<ChildStdin>,
    bytes: Arc<[u8]>,
    written: usize,
}

impl Pipes {
    /// Serves `streams` as `command` says; the first `preamble_bytes` of its output are not its own.
    ///
    /// # Errors
    /// If the runtime is shutting down.
    pub(super) fn new(
        streams: Streams,
        command: &Command,
        preamble_bytes: usize,
    ) -> io::Result<Self> {
        let stdin = streams.stdin.map(ChildStdin::from_std).transpose()?;
        let stdout = streams.stdout.map(ChildStdout::from_std).transpose()?;
        let stderr = streams.stderr.map(ChildStderr::from_std).transpose()?;
        Ok(Self {
            stdin: Feed {
                stream: stdin,
                bytes: command.stdin.clone().unwrap_or_default(),
                written: 0,
            },
            stdout: Capture::new(stdout, command.output_cap_bytes, preamble_bytes),
            stderr: Capture::new(stderr, command.output_cap_bytes, 0),
        })
    }

    /// Serves the streams until all of them have ended. A dropped future loses nothing: the next one goes on.
    pub(super) async fn serve(&mut self) {
        tokio::join!(
            self.stdin.write_on(),
            self.stdout.read_on(),
            self.stderr.read_on()
        );
    }

    /// Serves the streams until `event` has happened.
    pub(super) async fn serve_until<T>(&mut self, event: impl Future<Output = T>) -> T {
        let serve = async {
            self.serve().await;
            pending().await
        };
        tokio::select! {
            biased;
            happened = event => happened,
            never = serve => never,
        }
    }

    /// Takes what is in the pipes by now.
    pub(super) async fn sweep(&mut self) {
        // Polls once before it looks at the time; whether the streams have ended does not matter.
        let _ended = timeout(Duration::ZERO, self.serve()).await;
    }
}

impl Feed {
    async fn write_on(&mut self) {
        while let Some(stream) = &mut self.stream {
            match stream.write(&self.bytes[self.written..]).await {
                Ok(count) if self.written + count < self.bytes.len() => self.written += count,
                // All is written, or the command has closed its input, as it may.
                Ok(_) | Err(_) => self.stream = None,
            }
        }
    }
}
