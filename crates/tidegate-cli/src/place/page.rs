//! Which page of a list is wanted.

use clap::Args;
use tidegate_stores::Cursor;

use super::query::Query;
use crate::failure::Result;

/// Which page of a list is wanted.
#[derive(Args, Clone, Debug)]
pub(crate) struct PageArgs {
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,

    /// Go on where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

impl PageArgs {
    /// As parameters of a URL.
    pub(super) fn query(&self) -> Query {
        Query::default()
            .add("limit", Some(self.limit))
            .add("cursor", self.cursor.as_ref())
    }

    /// As the stores take it.
    pub(super) fn parsed(&self) -> Result<(Option<Cursor>, usize)> {
        let cursor = self.cursor.as_deref().map(Cursor::parse).transpose()?;
        Ok((cursor, self.limit))
    }
}
