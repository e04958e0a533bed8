//! The future of a call that uses its transaction or savepoint up, or borrows it for what it opens.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::call::Call;
use crate::cancel::CancelToken;
use crate::error::{Error, Result};

/// A step of an interactive transaction, to be awaited: a commit, a rollback, the opening of a savepoint or of a blob.
///
/// `H` is the transaction or savepoint that it holds meanwhile, `T` what it yields.
///
/// # Cancel safety
/// Dropping it before it is ready rolls the transaction back, as dropping any call of it does; a commit that is under
/// way may still happen, whole.
#[must_use = "nothing happens until this is awaited"]
pub struct Step<H, R, T> {
    // Dropped first: a call that is given up tells the transaction so before the transaction is dropped.
    call: Call<R>,
    holder: Option<H>,
    begin: fn(&mut H),
    end: fn(H, Result<R>) -> Result<T>,
}

impl<H, R: Send + 'static, T> Step<H, R, T> {
    /// Holds `holder` while `call` runs; `begin` is told when it is first polled, and `end` makes the result.
    pub(crate) fn new(
        call: Call<R>,
        holder: H,
        begin: fn(&mut H),
        end: fn(H, Result<R>) -> Result<T>,
    ) -> Self {
        Self {
            call,
            holder: Some(holder),
            begin,
            end,
        }
    }

    /// Sets how long the step may take. See [`Call::deadline`].
    pub fn deadline(self, after: Duration) -> Self {
        Self {
            call: self.call.deadline(after),
            ..self
        }
    }

    /// Ties the step to a token. See [`Call::cancel`].
    pub fn cancel(self, token: &CancelToken) -> Self {
        Self {
            call: self.call.cancel(token),
            ..self
        }
    }
}

impl<H: Unpin, R: Send + 'static, T> Future for Step<H, R, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        let step = &mut *self;
        if let Some(holder) = &mut step.holder {
            (step.begin)(holder);
        }
        let outcome = ready!(Pin::new(&mut step.call).poll(cx));
        Poll::Ready(match step.holder.take() {
            Some(holder) => (step.end)(holder, outcome),
            None => Err(Error::misuse("a step was polled after it was ready")),
        })
    }
}

impl<H, R, T> fmt::Debug for Step<H, R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Step").field(&self.call).finish()
    }
}
