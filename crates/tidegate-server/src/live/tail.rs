//! One listener: what it is told next.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tidegate::ReadTx;
use tidegate_stores::auth::{self, KeyState};
use tidegate_stores::{Error, ErrorKind, Id};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::message::{Envelope, Message, Told};
use super::place::Place;
use super::position::Positions;
use super::topic::{Batch, Topic};
use crate::app::App;
use crate::clock;
use crate::operation::Class;

/// How many things one look at a store takes: what is held for a listener at most, in each topic.
const LOOK_MAX: usize = 32;
/// How long to wait after the database could not be asked.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// A listener. It holds a look's worth of messages at most.
#[derive(Debug)]
pub(crate) struct Tail {
    app: App,
    /// The key that it came with: the connection ends when that is taken back.
    key: Option<Id>,
    /// When that was last looked up.
    checked: Instant,
    positions: Positions,
    heads: Vec<watch::Receiver<u64>>,
    /// Whether a topic may hold more than was seen, whatever its head says.
    is_fresh: Vec<bool>,
    pending: VecDeque<Told>,
    heartbeat: Interval,
    _place: Place,
}

impl Tail {
    /// A listener that goes on after its positions; where there is none, with what comes from now on.
    ///
    /// # Errors
    /// When the database cannot be asked how far the topics have come.
    pub(crate) async fn begin(
        app: App,
        key: Option<Id>,
        mut positions: Positions,
        place: Place,
    ) -> Result<Self, Error> {
        for (topic, seq) in positions.iter_mut() {
            if seq.is_none() {
                *seq = Some(head(&app, topic).await?);
            }
        }
        let every = app.config().server.live_heartbeat;
        let mut heartbeat = interval(every);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        let text = positions.to_string();
        let every = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
        let hello = Told {
            envelope: Envelope::hello(clock::now(), &text, every),
            position: text,
        };
        let heads: Vec<_> = positions
            .iter()
            .map(|(topic, _)| app.live.head(topic))
            .collect();
        Ok(Self {
            key,
            checked: Instant::now(),
            is_fresh: vec![true; heads.len()],
            heads,
            positions,
            pending: VecDeque::from([hello]),
            heartbeat,
            _place: place,
            app,
        })
    }

    /// What is told next; `None` when the server or the key comes to its end.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: what was not told is read again.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(told) = self.pending.pop_front() {
                return Some(Message::Told(Box::new(told)));
            }
            if self.app.stopping.is_stopped() {
                return None;
            }
            if !self.is_allowed().await {
                return None;
            }
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "a listener has to wait");
                tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                continue;
            }
            if self.pending.is_empty() && self.wait().await {
                return Some(Message::Heartbeat);
            }
        }
    }

    /// Reads what is new in each topic.
    async fn look(&mut self) -> Result<(), Error> {
        for index in 0..self.heads.len() {
            let Some((topic, Some(seq))) = self.positions.iter().nth(index).copied() else {
                continue;
            };
            let is_new = *self.heads[index].borrow_and_update() > seq;
            if !is_new && !self.is_fresh[index] {
                continue;
            }
            let read = move |tx: &mut ReadTx<'_>| (topic.after)(tx, seq, LOOK_MAX);
            let deadline = Class::Live.deadline();
            let batch = self.app.read(topic.operation, Class::Live, deadline, read);
            match batch.await {
                Ok(batch) => self.take(index, topic, seq, batch),
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    self.begin_anew(index, topic).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn take(&mut self, index: usize, topic: &'static Topic, seq: u64, batch: Batch) {
        if batch.missed > 0 {
            let seq = seq + batch.missed;
            let envelope = Envelope::removed(clock::now(), topic.name, seq, batch.missed);
            self.tell(index, seq, envelope);
        }
        for item in batch.items {
            let envelope = Envelope {
                seq: item.seq,
                topic: topic.name,
                at: item.at.into(),
                data: item.data,
            };
            self.tell(index, item.seq, envelope);
        }
        self.positions.set(index, batch.next);
        self.is_fresh[index] = batch.more;
    }

    /// The place is none of this database: says so, and goes on with what is to come.
    async fn begin_anew(&mut self, index: usize, topic: &'static Topic) -> Result<(), Error> {
        let seq = head(&self.app, topic).await?;
        let envelope = Envelope::unknown_position(clock::now(), topic.name, seq);
        self.tell(index, seq, envelope);
        self.is_fresh[index] = false;
        Ok(())
    }

    fn tell(&mut self, index: usize, seq: u64, envelope: Envelope) {
        self.positions.set(index, seq);
        let position = self.positions.to_string();
        self.pending.push_back(Told { position, envelope });
    }

    /// Waits for news. Tells whether it is time for a heartbeat instead.
    async fn wait(&mut self) -> bool {
        let heads = self.heads.iter_mut();
        let changed = heads.map(|head| Box::pin(head.changed()));
        tokio::select! {
            () = self.app.stopping.stopped() => false,
            _ = futures_util::future::select_all(changed) => false,
            _ = self.heartbeat.tick() => true,
        }
    }

    /// Whether the key is still taken; looked up as often as there are heartbeats.
    async fn is_allowed(&mut self) -> bool {
        let Some(id) = self.key else { return true };
        if self.checked.elapsed() < self.heartbeat.period() {
            return true;
        }
        let now = clock::now();
        let deadline = Class::Auth.deadline();
        let read = move |tx: &mut ReadTx<'_>| auth::get(tx, id);
        let key = self.app.read("auth.get", Class::Auth, deadline, read).await;
        self.checked = Instant::now();
        // A database that is busy ends no connection.
        key.map_or(true, |key| key.state(now) == KeyState::Active)
    }
}

/// The latest number of a topic.
async fn head(app: &App, topic: &'static Topic) -> Result<u64, Error> {
    let deadline = Class::Live.deadline();
    app.read("live.head", Class::Live, deadline, |tx| {
        Ok(tx.query_scalar(topic.head_sql, ())?)
    })
    .await
}
