//! The stretch of time that a question is about.

use std::time::Duration;

use tidegate_stores::{Timestamp, Window};

use super::query::Query;
use crate::clock;
use crate::failure::Result;

/// A stretch of time: a beginning or a length, and an end, which is now if it is not said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    pub(crate) window: Duration,
}

impl Span {
    pub(super) fn query(self) -> Query {
        let length = match self.from {
            Some(_) => None,
            None => Some(humantime::format_duration(self.window)),
        };
        Query::default()
            .add("from", self.from)
            .add("to", self.to)
            .add("window", length)
    }

    pub(super) fn window(self) -> Result<Window> {
        let to = self.to.unwrap_or_else(clock::now);
        Ok(match self.from {
            Some(from) => Window::between(from, to)?,
            None => Window::before(to, self.window)?,
        })
    }
}
