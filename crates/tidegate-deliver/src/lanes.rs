//! One writer at a time for each file, so that a file that hangs holds one thread and no more.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::failure::Failure;

#[cfg(test)]
mod tests;

type Lane = Arc<tokio::sync::Mutex<()>>;

/// The lanes of all files that are written to; a lane that nobody is in is forgotten.
#[derive(Clone, Default)]
pub(crate) struct Lanes {
    lanes: Arc<Mutex<HashMap<PathBuf, Lane>>>,
}

impl Lanes {
    /// Runs `write` on one of Tokio's threads for blocking work, when no other for the same `place` is running.
    ///
    /// Cancel safety: dropped before its turn, nothing runs; later, it runs to its end, and its lane is taken until
    /// then.
    pub(crate) async fn run(
        &self,
        place: &Path,
        write: impl FnOnce() -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Failure> {
        let turn = self.lane(place).lock_owned().await;
        let written = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            write()
        });
        let lost = |error| Failure::io("writing", &io::Error::other(error));
        written.await.map_err(lost)?
    }

    fn lane(&self, place: &Path) -> Lane {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        lanes.entry(place.to_owned()).or_default().clone()
    }
}
