//! What a handler is given besides its arguments: who calls, how long it may take, the stores.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tidegate::{ReadTx, Tx};
use tidegate_stores::auth::Caller;
use tidegate_stores::{Id, Result};

use super::deadline::Deadline;
use crate::app::App;
use crate::operation::Class;
use crate::problem::{Code, Problem};

/// The circumstances of one request.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) app: App,
    caller: Option<Caller>,
    class: Class,
    deadline: Deadline,
}

impl Context {
    pub(super) fn new(app: App, class: Class, deadline: Deadline) -> Self {
        Self {
            app,
            caller: None,
            class,
            deadline,
        }
    }

    pub(super) fn called_by(mut self, caller: Caller) -> Self {
        self.caller = Some(caller);
        self
    }

    pub(super) fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// The name of the key that the request came with; routes for everybody have none.
    pub(crate) fn caller_name(&self) -> &str {
        self.caller
            .as_ref()
            .map_or("nobody", |caller| caller.name.as_str())
    }

    /// The id of that key.
    pub(crate) fn caller_id(&self) -> Option<Id> {
        self.caller.as_ref().map(|caller| caller.id)
    }

    /// Reads from the stores for as long as the request may take; `name` is what it is measured under.
    ///
    /// # Cancel safety
    /// Dropping the future stops the reading.
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let left = self.deadline.left();
        self.app.read(name, self.class, left, work).await
    }

    /// As [`read`](Self::read), with changes.
    ///
    /// # Cancel safety
    /// Dropping the future: the change has happened whole or not at all.
    pub(crate) async fn write<R: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce(&mut Tx<'_>) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let left = self.deadline.left();
        self.app.write(name, self.class, left, work).await
    }
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Problem> {
        let context = parts.extensions.get::<Self>().cloned();
        context.ok_or_else(|| Problem::new(Code::Internal, "the route has no guard"))
    }
}
