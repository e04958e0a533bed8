//! Tasks on their way that the end of the server waits for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

/// A set of tasks. Each that ends makes itself heard.
#[derive(Debug, Default)]
pub(crate) struct Errands {
    tasks: Mutex<JoinSet<()>>,
    ended: std::sync::Arc<Notify>,
}

impl Errands {
    /// Begins a task. One that panics ends alone.
    pub(crate) fn begin(&self, task: impl Future<Output = ()> + Send + 'static) {
        let ended = self.ended.clone();
        let mut tasks = self.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            let _heard = Heard(ended);
            task.await;
        });
    }

    /// Ready when a task has ended since the last call.
    ///
    /// # Cancel safety
    /// What has been heard by a call that was dropped is heard by the next.
    pub(crate) async fn one_has_ended(&self) {
        self.ended.notified().await;
    }

    /// Waits for all tasks, for as long as `limit`; then the others are ended. Says whether all ended by themselves.
    pub(crate) async fn finish(&self, limit: Duration) -> bool {
        let mut tasks = std::mem::take(&mut *self.lock());
        let all = async { while tasks.join_next().await.is_some() {} };
        tokio::time::timeout(limit, all).await.is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the end of a task heard, whatever ends it.
struct Heard(std::sync::Arc<Notify>);

impl Drop for Heard {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
