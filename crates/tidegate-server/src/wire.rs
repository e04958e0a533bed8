//! What goes over the wire in more than one place.

mod event;
mod time;

pub(crate) use event::{WireEvent, WireNewEvent};
pub(crate) use time::WireTime;
