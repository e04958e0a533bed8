//! How far each topic has come: learnt from the database when it changes, by whichever process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

use super::place::Place;
use super::topic::{TOPICS, Topic};
use crate::app::App;

/// What live connections share.
#[derive(Debug)]
pub(crate) struct Live {
    /// For each topic the latest number that was seen; 0 before the first look.
    heads: Vec<watch::Sender<u64>>,
    connections: Arc<AtomicUsize>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            heads: TOPICS.iter().map(|_| watch::Sender::new(0)).collect(),
            connections: Arc::default(),
        }
    }
}

impl Live {
    /// How many connections there are.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// A place for one more connection, if there are less than `most`.
    pub(crate) fn enter(&self, most: usize) -> Option<Place> {
        Place::take(&self.connections, most)
    }

    /// The latest number of a topic, and word of each new one.
    pub(super) fn head(&self, topic: &Topic) -> watch::Receiver<u64> {
        self.heads[index(topic)].subscribe()
    }
}

/// Follows a topic's latest number for as long as the database is open.
///
/// # Errors
/// When the database cannot be asked. Whoever calls tries again.
pub(crate) async fn follow(app: &App, topic: &'static Topic) -> Result<(), String> {
    let mut heads = app.db.watch::<u64>(topic.head_sql, ());
    while let Some(found) = heads.next().await {
        let found = found.map_err(|error| error.to_string())?;
        if let Some(head) = found.first() {
            app.live.heads[index(topic)].send_replace(*head);
        }
    }
    Err("the database has closed".to_owned())
}

fn index(topic: &Topic) -> usize {
    let found = TOPICS.iter().position(|other| other.name == topic.name);
    found.expect("invariant: every topic is in the table")
}
