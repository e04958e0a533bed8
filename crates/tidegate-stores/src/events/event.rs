//! One event: as it is given, and as it is kept.

use super::severity::Severity;
use crate::check;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::json_text::JsonText;
use crate::timestamp::Timestamp;

/// The longest type, in bytes.
pub const TYPE_BYTES_MAX: usize = 128;
/// The longest category, in bytes.
pub const CATEGORY_BYTES_MAX: usize = 128;
/// The longest status, in bytes.
pub const STATUS_BYTES_MAX: usize = 64;
/// The longest title, in bytes.
pub const TITLE_BYTES_MAX: usize = 512;
/// The longest description, in bytes.
pub const DESCRIPTION_BYTES_MAX: usize = 16 << 10;
/// The longest source, target, correlation id or user id, in bytes.
pub const REFERENCE_BYTES_MAX: usize = 256;
/// The most tags of one event.
pub const TAGS_MAX: usize = 32;
/// The longest tag, in bytes.
pub const TAG_BYTES_MAX: usize = 128;
/// The best health score; 0 is the worst.
pub const HEALTH_MAX: f64 = 100.0;

/// An event to be recorded. Short texts are one visible line each; [`record`](super::record()) checks everything.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NewEvent {
    /// When it happened; when it is recorded if that is not known.
    pub at: Option<Timestamp>,
    /// What sort of event it is, such as `deployment`; at most [`TYPE_BYTES_MAX`].
    pub event_type: String,
    /// How bad it is.
    pub severity: Severity,
    /// Who tells of it; at most [`REFERENCE_BYTES_MAX`].
    pub source: String,
    /// What it is about; at most [`REFERENCE_BYTES_MAX`].
    pub target: Option<String>,
    /// A group of types; at most [`CATEGORY_BYTES_MAX`].
    pub category: Option<String>,
    /// How it stands, such as `failed`; at most [`STATUS_BYTES_MAX`].
    pub status: Option<String>,
    /// What happened, in one line; at most [`TITLE_BYTES_MAX`].
    pub title: String,
    /// What happened, at length; may be empty; at most [`DESCRIPTION_BYTES_MAX`].
    pub description: String,
    /// Whatever else is known.
    pub details: Option<JsonText>,
    /// Words to find it by; at most [`TAGS_MAX`] of [`TAG_BYTES_MAX`] each. Kept sorted, each once.
    pub tags: Vec<String>,
    /// What ties it to others; at most [`REFERENCE_BYTES_MAX`].
    pub correlation_id: Option<String>,
    /// Whose doing it is; at most [`REFERENCE_BYTES_MAX`].
    pub user_id: Option<String>,
    /// How well the target is, from 0 to [`HEALTH_MAX`].
    pub health_score: Option<f64>,
    /// What it took: processor time, memory and so on.
    pub resource_usage: Option<JsonText>,
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The order in which it was recorded, from 1, without gaps.
    pub seq: u64,
    /// Its id.
    pub id: Id,
    /// When it happened.
    pub at: Timestamp,
    /// What sort of event it is.
    pub event_type: String,
    /// How bad it is.
    pub severity: Severity,
    /// Who told of it.
    pub source: String,
    /// What it is about.
    pub target: Option<String>,
    /// A group of types.
    pub category: Option<String>,
    /// How it stood.
    pub status: Option<String>,
    /// What happened, in one line.
    pub title: String,
    /// What happened, at length, or nothing.
    pub description: String,
    /// Whatever else is known.
    pub details: Option<JsonText>,
    /// Words to find it by, sorted.
    pub tags: Vec<String>,
    /// What ties it to others.
    pub correlation_id: Option<String>,
    /// Whose doing it was.
    pub user_id: Option<String>,
    /// How well the target was, from 0 to [`HEALTH_MAX`].
    pub health_score: Option<f64>,
    /// What it took.
    pub resource_usage: Option<JsonText>,
}

impl NewEvent {
    /// An event with what each must have; the rest is empty.
    #[must_use]
    pub fn new(
        event_type: impl Into<String>,
        severity: Severity,
        source: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        Self {
            at: None,
            event_type: event_type.into(),
            severity,
            source: source.into(),
            target: None,
            category: None,
            status: None,
            title: title.into(),
            description: String::new(),
            details: None,
            tags: Vec::new(),
            correlation_id: None,
            user_id: None,
            health_score: None,
            resource_usage: None,
        }
    }

    /// Refuses a field that is not as it must be.
    pub(super) fn check(&self) -> Result<()> {
        check::line("type", &self.event_type, TYPE_BYTES_MAX)?;
        check::line("source", &self.source, REFERENCE_BYTES_MAX)?;
        check::line("title", &self.title, TITLE_BYTES_MAX)?;
        check::text("description", &self.description, DESCRIPTION_BYTES_MAX)?;
        let optional = [
            ("target", &self.target, REFERENCE_BYTES_MAX),
            ("category", &self.category, CATEGORY_BYTES_MAX),
            ("status", &self.status, STATUS_BYTES_MAX),
            ("correlation_id", &self.correlation_id, REFERENCE_BYTES_MAX),
            ("user_id", &self.user_id, REFERENCE_BYTES_MAX),
        ];
        for (field, text, max_bytes) in optional {
            text.as_ref()
                .map_or(Ok(()), |text| check::line(field, text, max_bytes))?;
        }
        check::count("tags", self.tags.len(), TAGS_MAX)?;
        self.tags
            .iter()
            .try_for_each(|tag| check::line("tags", tag, TAG_BYTES_MAX))?;
        self.health_score
            .map_or(Ok(()), |score| check_health("health_score", score))
    }

    /// About what it takes in the file: its texts, and something for what stands around them.
    pub(super) fn bytes(&self) -> usize {
        const AROUND: usize = 128;
        let optional = [
            &self.target,
            &self.category,
            &self.status,
            &self.correlation_id,
            &self.user_id,
        ];
        let optional: usize = optional.into_iter().flatten().map(String::len).sum();
        let documents = [&self.details, &self.resource_usage];
        let documents: usize = documents
            .into_iter()
            .flatten()
            .map(|json| json.as_str().len())
            .sum();
        let tags: usize = self.tags.iter().map(String::len).sum();
        let texts =
            self.event_type.len() + self.source.len() + self.title.len() + self.description.len();
        AROUND + texts + optional + documents + tags
    }
}

/// Refuses what is no health score.
pub(super) fn check_health(field: &'static str, score: f64) -> Result<()> {
    match (0.0..=HEALTH_MAX).contains(&score) {
        true => Ok(()),
        false => Err(Error::invalid(
            field,
            format!("must lie between 0 and 100; {score} does not"),
        )),
    }
}
