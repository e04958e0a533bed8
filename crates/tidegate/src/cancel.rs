//! A token that cancels any number of calls at once.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::job::{Abandon, Answered, Job, Wakes, give_up};
use crate::lane::Lane;
use crate::sync::{Arc, Mutex, Weak, lock};

#[derive(Default)]
struct State {
    used: bool,
    calls: Vec<(Weak<dyn Job>, Weak<Lane>)>,
}

/// Cancels the calls that were given it with [`Call::cancel`](crate::Call::cancel), now and later.
///
/// Clones are the same token.
#[derive(Clone, Default)]
pub struct CancelToken {
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken")
            .field("cancelled", &self.is_cancelled())
            .finish()
    }
}

impl CancelToken {
    /// A token that cancels nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels every call tied to this token: each answers [`Cancelled`](ErrorKind::Cancelled) without further ado.
    /// Calls made with it afterwards fail at once.
    pub fn cancel(&self) {
        let calls = {
            let mut state = lock(&self.state);
            state.used = true;
            std::mem::take(&mut state.calls)
        };
        let mut wakes = Wakes::default();
        for (job, lane) in calls {
            if let (Some(job), Some(lane)) = (job.upgrade(), lane.upgrade()) {
                // A job that is not in its lane yet finds itself given up when a connection's thread takes it.
                if give_up(&*job, &Abandon::Cancelled, &mut wakes) {
                    lane.expel(&*job);
                }
            }
        }
        wakes.wake_all();
    }

    /// Whether [`cancel`](Self::cancel) was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        lock(&self.state).used
    }

    pub(crate) fn attach<R: 'static>(
        &self,
        job: &Arc<dyn Answered<R>>,
        lane: &Arc<Lane>,
    ) -> Result<()> {
        let mut state = lock(&self.state);
        if state.used {
            return Err(Error::new(
                ErrorKind::Cancelled,
                "cancelled before it began: its token was used",
            ));
        }
        let job: Arc<dyn Job> = job.clone();
        // Those that have ended make room before the list grows, and not each time: a token may have many calls.
        if state.calls.len() == state.calls.capacity() {
            state.calls.retain(|(job, _)| job.strong_count() > 0);
        }
        state
            .calls
            .push((Arc::downgrade(&job), Arc::downgrade(lane)));
        Ok(())
    }
}
