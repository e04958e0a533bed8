//! Watching the topics of the live tail.

use std::time::Duration;

use super::supervise::Worker;
use crate::live::{TOPICS, follow};

/// A worker for each topic.
pub(super) fn workers() -> impl Iterator<Item = Worker> {
    TOPICS.iter().map(|topic| {
        Worker::new(topic.worker, move |app| async move {
            follow(&app, topic).await?;
            Ok(Duration::ZERO)
        })
    })
}
