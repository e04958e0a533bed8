//! Silences as rows of their table.

use serde::Deserialize;

use super::{Silence, SilenceStatus};
use crate::alerts::in_json::InJson;
use crate::error::Result;
use crate::id::Id;
use crate::matcher::Matcher;
use crate::timestamp::Timestamp;

/// The matchers of a column.
pub(in crate::alerts) fn parse(texts: &[String]) -> Result<Vec<Matcher>> {
    texts.iter().map(|text| Matcher::parse(text)).collect()
}

/// A row as it is read.
#[derive(Deserialize)]
pub(in crate::alerts) struct Row {
    id: Id,
    matchers: InJson<Vec<String>>,
    author: String,
    comment: String,
    starts_at: Timestamp,
    ends_at: Timestamp,
    created_at: Timestamp,
    status: SilenceStatus,
    ended_by: Option<String>,
}

impl Row {
    pub(in crate::alerts) fn into_silence(self) -> Result<Silence> {
        Ok(Silence {
            id: self.id,
            matchers: parse(&self.matchers)?,
            author: self.author,
            comment: self.comment,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            created_at: self.created_at,
            status: self.status,
            ended_by: self.ended_by,
        })
    }
}
