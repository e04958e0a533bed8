//! The future of a call that makes a file.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::call::Call;
use crate::cancel::CancelToken;
use crate::error::Result;
use crate::sync::{Arc, AtomicU8, Ordering};

/// A call that makes a file, to be awaited: a [`Call`] that can be told to overwrite.
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct FileCall {
    call: Call<()>,
    overwrite: Flag,
}

/// What the caller sets until the call begins to run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flag(Arc<AtomicU8>);

impl Flag {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    pub(crate) fn set(&self, to: bool) {
        self.0.store(u8::from(to), Ordering::Relaxed);
    }
}

impl FileCall {
    pub(crate) fn new(call: impl FnOnce(Flag) -> Call<()>) -> Self {
        let overwrite = Flag::default();
        Self {
            call: call(overwrite.clone()),
            overwrite,
        }
    }

    /// Whether an existing file may be replaced. Default: `false`.
    pub fn overwrite(self, overwrite: bool) -> Self {
        self.overwrite.set(overwrite);
        self
    }

    /// As [`Call::deadline`]. Without, there is none.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.call = self.call.deadline(after);
        self
    }

    /// As [`Call::cancel`].
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.call = self.call.cancel(token);
        self
    }

    /// As [`Call::wait`].
    ///
    /// # Errors
    /// As [`Call::wait`].
    pub fn wait(self) -> Result<()> {
        self.call.wait()
    }
}

impl Future for FileCall {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.call).poll(cx)
    }
}
