//! A running process group with its leader: owned by one place, and never left behind.

use std::io;
use std::process::Child;
use std::thread;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};
use tokio::sync::OwnedSemaphorePermit;

use crate::outcome::Status;

/// A process group whose leader is our child.
///
/// The leader stays unreaped until the whole group has been killed: as long as it is, no other process can get its
/// number, so that a signal never hits a stranger. Dropping the group kills it, and has its leader reaped.
pub(super) struct Group {
    /// `None` once it has been reaped.
    leader: Option<Child>,
    id: Pid,
    /// Tells that some child of this process may have ended.
    deaths: Signals,
    /// Given back when the leader has been reaped.
    place: Option<OwnedSemaphorePermit>,
}

/// What tells of ended children; made before there is one, so that none is missed.
pub(super) fn deaths() -> io::Result<Signals> {
    signal(SignalKind::child())
}

impl Group {
    pub(super) fn of(leader: Child, deaths: Signals, place: OwnedSemaphorePermit) -> Self {
        Self {
            id: Pid::from_child(&leader),
            leader: Some(leader),
            deaths,
            place: Some(place),
        }
    }

    /// Waits until the leader has ended, without reaping it.
    ///
    /// # Cancel safety
    /// A dropped future misses nothing: the next one looks again.
    pub(super) async fn leader_ended(&mut self) -> io::Result<()> {
        while !self.has_leader_ended()? {
            if self.deaths.recv().await.is_none() {
                return Err(io::Error::other("the runtime delivers no signals any more"));
            }
        }
        Ok(())
    }

    pub(super) fn has_leader_ended(&self) -> io::Result<bool> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        Ok(waitid(WaitId::Pid(self.id), look)?.is_some())
    }

    pub(super) fn ask_to_end(&self) {
        self.send(Signal::TERM);
    }

    pub(super) fn kill(&self) {
        self.send(Signal::KILL);
    }

    /// Does nothing once the leader has been reaped, even by somebody else: its number may be another's by now.
    fn send(&self, signal: Signal) {
        if self.leader.is_some() && self.has_leader_ended().is_ok() {
            // It fails only if all of the group have ended, or have become another user's.
            let _sent = kill_process_group(self.id, signal);
        }
    }

    /// Kills what is left of the group after its leader has ended, and reaps the leader.
    pub(super) fn finish(mut self) -> io::Result<Status> {
        self.kill();
        let leader = self.leader.as_mut();
        let ended = leader.map(Child::try_wait).transpose()?.flatten();
        let ended = ended.ok_or_else(|| io::Error::other("the process has not ended"))?;
        self.leader = None;
        Ok(Status::of(ended))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        let Some(mut leader) = self.leader.take() else {
            return;
        };
        if !matches!(leader.try_wait(), Ok(Some(_))) {
            reap_elsewhere(leader, self.place.take());
        }
    }
}

/// Waits for a killed leader on a thread, because nobody here may wait.
fn reap_elsewhere(mut leader: Child, place: Option<OwnedSemaphorePermit>) {
    let reap = move || {
        // Unlike `waitid`, goes on waiting when a signal of this process comes in between.
        let _reaped = leader.wait();
        drop(place);
    };
    // Without a thread the closure is dropped, and the leader stays a zombie until this process ends.
    let _thread = thread::Builder::new()
        .name("exec.reaper".to_owned())
        .spawn(reap);
}
