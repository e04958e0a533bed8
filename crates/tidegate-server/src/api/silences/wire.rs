//! A silence as it goes over the wire.

use crate::wire::WireTime;
use serde::Serialize;
use tidegate_stores::Id;
use tidegate_stores::alerts::Silence;
use utoipa::ToSchema;

/// A silence.
#[derive(Serialize, ToSchema)]
pub(super) struct WireSilence {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// `pending`, `active` or `expired`.
    status: &'static str,
    /// Which alerts: those that meet all of these.
    matchers: Vec<String>,
    /// Why.
    comment: String,
    /// Who made it.
    created_by: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: WireTime,
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    starts_at: WireTime,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    ends_at: WireTime,
    /// Who ended it before its time.
    ended_by: Option<String>,
}

impl From<Silence> for WireSilence {
    fn from(silence: Silence) -> Self {
        Self {
            id: silence.id,
            status: silence.status.as_str(),
            matchers: silence.matchers.iter().map(ToString::to_string).collect(),
            comment: silence.comment,
            created_by: silence.author,
            created_at: silence.created_at.into(),
            starts_at: silence.starts_at.into(),
            ends_at: silence.ends_at.into(),
            ended_by: silence.ended_by,
        }
    }
}
