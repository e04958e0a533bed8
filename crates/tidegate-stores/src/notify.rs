//! Telling people and programs: who is told, what, when, and what became of it.

mod announcement;
mod severity;

pub use announcement::{Announcement, Status, announce};
pub use severity::Severity;
