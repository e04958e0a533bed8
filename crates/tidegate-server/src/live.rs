//! The live tail: what is new in the stores, told in order to whoever listens.
//!
//! Nothing is kept for a listener: each reads the store after its own place when it can, so that a slow one holds up nobody
//! and needs no buffer. What retention has removed before it was read is counted and told.

mod head;
mod message;
mod place;
mod position;
mod tail;
mod topic;

pub(crate) use head::{Live, follow};
pub(crate) use message::{Envelope, Message};
pub(crate) use position::Positions;
pub(crate) use tail::Tail;
pub(crate) use topic::TOPICS;
