//! The deadline and the token that a blocking handle gives to each of its calls.

use std::future::Future;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::backup::Backup;
use crate::call::{Call, block_on};
use crate::cancel::CancelToken;
use crate::core::refuse_reentry;
use crate::error::Result;
use crate::file_call::FileCall;
use crate::stream::{RowStream, SnapshotStream};
use crate::transaction::Begin;

/// What the calls of a handle carry; without anything set, each call's own defaults hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    deadline: Option<Duration>,
    cancel: Option<CancelToken>,
}

impl Limits {
    pub(super) fn with_deadline(&self, each: Duration) -> Self {
        Self {
            deadline: Some(each),
            ..self.clone()
        }
    }

    pub(super) fn with_cancel(&self, token: &CancelToken) -> Self {
        Self {
            cancel: Some(token.clone()),
            ..self.clone()
        }
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// The call with these limits.
    pub(super) fn of<C: Limited>(&self, mut call: C) -> C {
        if let Some(deadline) = self.deadline {
            call = call.deadline(deadline);
        }
        match &self.cancel {
            Some(token) => call.cancel(token),
            None => call,
        }
    }

    /// Makes the call and waits for its answer.
    pub(super) fn wait<R>(&self, call: impl Limited + Future<Output = Result<R>>) -> Result<R> {
        refuse_reentry()?;
        block_on(self.of(call))
    }
}

/// A call that takes a deadline and a token.
pub(super) trait Limited: Sized {
    fn deadline(self, after: Duration) -> Self;
    fn cancel(self, token: &CancelToken) -> Self;
}

/// By the methods of the same names that the call has anyway.
macro_rules! limited {
    ($([$($generics:tt)*] $call:ty),* $(,)?) => {$(
        impl<$($generics)*> Limited for $call {
            fn deadline(self, after: Duration) -> Self {
                <$call>::deadline(self, after)
            }

            fn cancel(self, token: &CancelToken) -> Self {
                <$call>::cancel(self, token)
            }
        }
    )*};
}

limited! {
    [R: Send + 'static] Call<R>,
    [T] Begin<T>,
    [] Backup,
    [] FileCall,
    [T: DeserializeOwned + Send + 'static] RowStream<T>,
    [T: DeserializeOwned + Send + 'static] SnapshotStream<'_, T>,
}
