//! What goes over the wire in more than one place.

mod alert;
mod details;
mod event;
mod labels;
mod notification;
mod time;

pub(crate) use alert::{WireAlert, WireTransition, muted_by};
pub(crate) use details::document_of;
pub(crate) use event::{WireEvent, WireNewEvent};
pub(crate) use labels::labels_of;
pub(crate) use notification::WireNotification;
pub(crate) use time::WireTime;
