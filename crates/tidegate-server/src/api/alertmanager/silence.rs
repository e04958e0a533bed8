//! Silences in Alertmanager's form.

use serde::{Deserialize, Serialize};
use tidegate_stores::Id;
use tidegate_stores::alerts::{NewSilence, Silence};
use utoipa::ToSchema;

use super::matcher::WireMatcher;
use crate::problem::Problem;
use crate::wire::WireTime;

/// A silence to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostableSilence {
    /// The silence that it takes the place of.
    #[serde(default)]
    id: Option<String>,
    /// Which alerts: those that meet all of these.
    matchers: Vec<WireMatcher>,
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    starts_at: WireTime,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    ends_at: WireTime,
    /// Who makes it.
    created_by: String,
    /// Why.
    comment: String,
}

/// What a silence got when it was made.
#[derive(Serialize, ToSchema)]
pub(super) struct PostedSilence {
    /// Its id.
    #[serde(rename = "silenceID")]
    #[schema(value_type = String)]
    pub(super) silence_id: Id,
}

/// A silence.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GettableSilence {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Whether it is in force.
    status: GettableStatus,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: WireTime,
    /// Why.
    comment: String,
    /// Who made it.
    created_by: String,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    ends_at: WireTime,
    /// Which alerts: those that meet all of these.
    matchers: Vec<WireMatcher>,
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    starts_at: WireTime,
}

/// Whether a silence is in force.
#[derive(Serialize, ToSchema)]
struct GettableStatus {
    /// `pending`, `active` or `expired`.
    state: &'static str,
}

impl PostableSilence {
    /// The silence that is replaced, and the new one.
    pub(super) fn into_parts(self) -> Result<(Option<Id>, NewSilence), Problem> {
        let replaced = self.id.filter(|id| !id.is_empty());
        let replaced = replaced.map(|id| Id::parse(&id)).transpose()?;
        let matchers = self.matchers.iter().enumerate().map(|(index, matcher)| {
            let parsed = matcher.parse();
            parsed.map_err(|error| Problem::from(error).field(format!("matchers[{index}]")))
        });
        let silence = NewSilence {
            matchers: matchers.collect::<Result<_, _>>()?,
            author: self.created_by,
            comment: self.comment,
            starts_at: self.starts_at.0,
            ends_at: self.ends_at.0,
        };
        Ok((replaced, silence))
    }
}

impl From<Silence> for GettableSilence {
    fn from(silence: Silence) -> Self {
        let is_ended = silence.ended_by.is_some();
        Self {
            id: silence.id,
            status: GettableStatus {
                state: silence.status.as_str(),
            },
            updated_at: match is_ended {
                true => silence.ends_at.into(),
                false => silence.created_at.into(),
            },
            comment: silence.comment,
            created_by: silence.author,
            ends_at: silence.ends_at.into(),
            matchers: silence.matchers.iter().map(WireMatcher::from).collect(),
            starts_at: silence.starts_at.into(),
        }
    }
}
