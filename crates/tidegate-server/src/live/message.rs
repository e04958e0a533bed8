//! What a listener is told, in one envelope for both transports.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_stores::Timestamp;
use utoipa::ToSchema;

use crate::wire::WireTime;

/// What a listener is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// Something is new, was lost, or begins.
    Told(Box<Told>),
    /// Nothing is new, and the connection is alive.
    Heartbeat,
}

/// One message with the place that the listener has reached by it.
#[derive(Debug)]
pub(crate) struct Told {
    /// Where to go on after this message, in every topic: `events=12`.
    pub(crate) position: String,
    pub(crate) envelope: Envelope,
}

/// The envelope of every message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Envelope {
    /// The number within the topic that is reached by this message.
    pub(crate) seq: u64,
    /// The topic; or `hello` for the first message, or `lost`.
    pub(crate) topic: &'static str,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: WireTime,
    /// What it is.
    #[schema(value_type = Object)]
    pub(crate) data: Box<RawValue>,
}

/// What is told of things that cannot be told any more.
#[derive(Debug, Serialize)]
struct Lost {
    topic: &'static str,
    /// How many; absent if that cannot be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    reason: &'static str,
}

/// What the first message tells.
#[derive(Debug, Serialize)]
struct Hello<'a> {
    position: &'a str,
    heartbeat_ms: u64,
}

impl Envelope {
    /// The beginning of a connection.
    pub(super) fn hello(at: Timestamp, position: &str, heartbeat_ms: u64) -> Self {
        let hello = Hello {
            position,
            heartbeat_ms,
        };
        Self::of(0, "hello", at, &hello)
    }

    /// So many were removed before they were read.
    pub(super) fn removed(at: Timestamp, topic: &'static str, seq: u64, count: u64) -> Self {
        let lost = Lost {
            topic,
            count: Some(count),
            reason: "removed",
        };
        Self::of(seq, "lost", at, &lost)
    }

    /// The place was never reached in this database, as after a restored backup; it goes on at `seq`.
    pub(super) fn unknown_position(at: Timestamp, topic: &'static str, seq: u64) -> Self {
        let lost = Lost {
            topic,
            count: None,
            reason: "unknown_position",
        };
        Self::of(seq, "lost", at, &lost)
    }

    fn of(seq: u64, topic: &'static str, at: Timestamp, data: &impl Serialize) -> Self {
        let data = to_raw_value(data).expect("invariant: texts and numbers have a JSON form");
        Self {
            seq,
            topic,
            at: at.into(),
            data,
        }
    }

    /// The text of the envelope.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("invariant: an envelope has a JSON form")
    }
}
