//! One command from its start to its end: serves its streams, keeps its time, and leaves nothing of it behind.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::task::{JoinHandle, spawn, spawn_blocking};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::group::Group;
use super::launch::{Launched, launch};
use super::pipes::Pipes;
use super::trampoline::Trampoline;
use crate::command::Command;
use crate::error::{Error, ErrorKind, Result};
use crate::outcome::{Outcome, Status, Stop};

/// How long a killed process may take to end. The kernel does it at once unless it waits for a device.
const KILLED_WITHIN: Duration = Duration::from_secs(5);

/// A task that sees one command through, whatever becomes of the caller.
pub(super) struct Supervisor {
    pub(super) command: Arc<Command>,
    pub(super) waited: Duration,
    pub(super) deadline: Instant,
    /// Resolves when the caller's future has been dropped.
    pub(super) abandoned: oneshot::Receiver<()>,
}

/// What happens first to a running command.
enum First {
    Ended,
    TimedOut,
    Abandoned,
}

impl Supervisor {
    pub(super) async fn run(mut self, place: OwnedSemaphorePermit) -> Result<Outcome> {
        let started = Instant::now();
        let Launched {
            mut group,
            mut pipes,
            trampoline,
        } = self.launch(place).await?;
        let first = pipes.serve_until(self.first(&mut group)).await;
        let stopped = match first.map_err(Error::lost)? {
            First::Ended => {
                self.drain(&mut pipes).await;
                None
            }
            First::TimedOut => {
                let killed = end(&self.command, &mut group, &mut pipes).await?;
                Some(Stop::TimedOut { killed })
            }
            First::Abandoned => {
                end(&self.command, &mut group, &mut pipes).await?;
                return Err(Error::new(ErrorKind::Lost, "the caller has gone"));
            }
        };
        let status = group.finish().map_err(Error::lost)?;
        self.check_limits(trampoline.as_ref(), &pipes, stopped)?;
        Ok(Outcome {
            status,
            stopped: stopped.or_else(|| self.stop_of(status)),
            stdout: pipes.stdout.finish(),
            stderr: pipes.stderr.finish(),
            waited: self.waited,
            ran: started.elapsed(),
        })
    }

    /// Starts the process on a thread that may block.
    async fn launch(&mut self, place: OwnedSemaphorePermit) -> Result<Launched> {
        let command = Arc::clone(&self.command);
        let mut launching = spawn_blocking(move || launch(&command, place));
        tokio::select! {
            biased;
            launched = &mut launching => return launched.unwrap_or_else(|_| Err(not_launched())),
            () = sleep_until(self.deadline) => {}
            _ = &mut self.abandoned => {}
        }
        // Does nothing once the thread has begun; what it starts is then ended like any other.
        launching.abort();
        spawn(end_late(Arc::clone(&self.command), launching));
        let message = format!(
            "`{}` had not started when its timeout of {:?} passed",
            self.command.program(),
            self.command.timeout
        );
        Err(Error::new(ErrorKind::LateStart, message))
    }

    async fn first(&mut self, group: &mut Group) -> io::Result<First> {
        tokio::select! {
            biased;
            ended = group.leader_ended() => ended.map(|()| First::Ended),
            () = sleep_until(self.deadline) => Ok(First::TimedOut),
            _ = &mut self.abandoned => Ok(First::Abandoned),
        }
    }

    /// Reads on for a moment while something the command has started holds its streams.
    async fn drain(&mut self, pipes: &mut Pipes) {
        let until = self.deadline.min(Instant::now() + self.command.drain_for);
        tokio::select! {
            biased;
            _ended = timeout_at(until, pipes.serve()) => {}
            _ = &mut self.abandoned => {}
        }
    }

    /// Refuses a run in which the limits were not in force.
    fn check_limits(
        &self,
        trampoline: Option<&Trampoline>,
        pipes: &Pipes,
        stopped: Option<Stop>,
    ) -> Result<()> {
        match trampoline {
            // A shell that ran out of time has not run the program either, and that is what there is to say.
            Some(_) if stopped.is_some() => Ok(()),
            Some(trampoline) if !trampoline.has_applied(pipes.stdout.preamble()) => {
                Err(Trampoline::failed(pipes.stderr.kept()))
            }
            _ => Ok(()),
        }
    }

    /// Why the kernel ended the command, if it did.
    fn stop_of(&self, status: Status) -> Option<Stop> {
        let limited = self.command.limits.has_cpu_limit() && status.is_cpu_limit();
        limited.then_some(Stop::CpuLimit)
    }
}

/// Makes the group end; tells whether its leader had to be killed.
async fn end(command: &Command, group: &mut Group, pipes: &mut Pipes) -> Result<bool> {
    if !command.kill_after.is_zero() {
        group.ask_to_end();
        let asked = timeout(command.kill_after, all_ended(group, pipes)).await;
        asked.unwrap_or(Ok(())).map_err(Error::lost)?;
    }
    let killed = !group.has_leader_ended().map_err(Error::lost)?;
    group.kill();
    let ended = timeout(KILLED_WITHIN, group.leader_ended());
    match pipes.serve_until(ended).await {
        Ok(ended) => ended.map_err(Error::lost)?,
        Err(_) => return Err(unkillable(command)),
    }
    pipes.sweep().await;
    Ok(killed)
}

/// Ends what has been started when nobody waited for it any more.
async fn end_late(command: Arc<Command>, launching: JoinHandle<Result<Launched>>) {
    if let Ok(Ok(mut launched)) = launching.await {
        // Whatever comes of it, dropping the group leaves nothing behind.
        let _ended = end(&command, &mut launched.group, &mut launched.pipes).await;
    }
}

/// Waits until the leader has ended, and nothing else of the group holds the streams.
async fn all_ended(group: &mut Group, pipes: &mut Pipes) -> io::Result<()> {
    pipes.serve_until(group.leader_ended()).await?;
    pipes.serve().await;
    Ok(())
}

fn unkillable(command: &Command) -> Error {
    let message = format!(
        "`{}` was killed and has not ended within {KILLED_WITHIN:?}",
        command.program()
    );
    Error::new(ErrorKind::Unkillable, message)
}

fn not_launched() -> Error {
    Error::new(
        ErrorKind::Runtime,
        "the runtime is shutting down; nothing was started",
    )
}
