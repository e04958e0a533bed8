//! Pages of lists: what is asked for, and what is answered.

use serde::{Deserialize, Serialize};
use tidegate_stores::{Cursor, Page};
use utoipa::{IntoParams, ToSchema};

use crate::http::Context;
use crate::problem::{Code, Problem};

/// How many items a page has, unless the request says otherwise.
const ITEMS: usize = 100;

/// Which page of a list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Where the list goes on: `next` of the page before.
    cursor: Option<String>,
    /// How many items at most; 100 unless said otherwise.
    limit: Option<usize>,
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct PageReply<T> {
    /// The items.
    items: Vec<T>,
    /// Leads to the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl PageQuery {
    /// The cursor and the limit, both checked.
    pub(super) fn check(&self, context: &Context) -> Result<(Option<Cursor>, usize), Problem> {
        checked(self.cursor.as_deref(), self.limit, context)
    }
}

/// A cursor and a limit, both checked.
pub(super) fn checked(
    cursor: Option<&str>,
    limit: Option<usize>,
    context: &Context,
) -> Result<(Option<Cursor>, usize), Problem> {
    let cursor = cursor.map(Cursor::parse).transpose()?;
    let most = context.app.config().server.rows_max;
    let limit = limit.unwrap_or(ITEMS.min(most));
    match limit {
        0 => Err(Problem::invalid_field("limit", "must be at least 1")),
        limit if limit > most => {
            let detail = format!("at most {most}, {limit} asked for");
            Err(Problem::new(Code::LimitExceeded, detail).field("limit"))
        }
        limit => Ok((cursor, limit)),
    }
}

impl<T> PageReply<T> {
    pub(super) fn new(items: Vec<T>, next: Option<Cursor>) -> Self {
        Self {
            items,
            next: next.map(|cursor| cursor.to_string()),
        }
    }

    pub(super) fn of<S>(page: Page<S>, reply: impl FnMut(S) -> T) -> Self {
        Self::new(page.items.into_iter().map(reply).collect(), page.next)
    }
}
