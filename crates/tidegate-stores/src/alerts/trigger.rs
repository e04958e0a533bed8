//! Alerts that somebody triggers.

use std::collections::BTreeMap;

use tidegate::Tx;

use super::occurring::{occur, store};
use super::origin::Origin;
use super::rate::admit;
use super::record::Record;
use super::state::State;
use super::texts::{NAME_BYTES_MAX, WHY_BYTES_MAX, check_labels, check_who};
use super::transition::TransitionKind;
use super::writer::{Note, Writer};
use crate::check;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::json_text::JsonText;
use crate::labels::Labels;
use crate::notify::Severity;
use crate::timestamp::Timestamp;

/// The annotation that holds the message of a manual alert.
const MESSAGE: &str = "message";

/// An alert to be triggered.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trigger {
    /// Its name, one line.
    pub name: String,
    /// How urgent it is.
    pub severity: Severity,
    /// What happened; may be empty. Becomes the annotation `message`.
    pub message: String,
    /// Whatever else is known.
    pub details: Option<JsonText>,
    /// What tells it from others of its name.
    pub labels: Labels,
    /// Who triggers it, one line.
    pub who: String,
}

impl Trigger {
    /// A trigger with what each must have; the rest is empty.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        severity: Severity,
        message: impl Into<String>,
        who: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            severity,
            message: message.into(),
            details: None,
            labels: Labels::empty(),
            who: who.into(),
        }
    }

    fn check(&self) -> Result<()> {
        check::line("name", &self.name, NAME_BYTES_MAX)?;
        check::text("message", &self.message, WHY_BYTES_MAX)?;
        check_labels(&self.labels)?;
        check_who("who", &self.who)
    }
}

/// What became of an occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Triggered {
    /// A new alert fires.
    Opened(Id),
    /// An active alert occurred once more.
    Repeated(Id),
    /// An active alert occurred once more, and is more urgent now.
    Raised(Id),
    /// There were too many lately; it was counted, nothing else.
    Dropped,
}

impl Triggered {
    /// The alert, if it was not dropped.
    #[must_use]
    pub fn alert(self) -> Option<Id> {
        match self {
            Self::Opened(id) | Self::Repeated(id) | Self::Raised(id) => Some(id),
            Self::Dropped => None,
        }
    }
}

/// Triggers an alert. If one of the same name and labels is active it occurred once more: its severity never falls by that,
/// and it stays acknowledged or suppressed if it is; one that is pending fires.
///
/// At most [`rate_occurrences`](super::Settings::rate_occurrences) of a fingerprint are taken within
/// [`rate_window`](super::Settings::rate_window), but for one that is more urgent than all of them.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a field that is not as it must
/// be: the labels `alertname` and `severity` are fields of their own. And what the database answers.
pub fn trigger(tx: &mut Tx<'_>, now: Timestamp, trigger: Trigger) -> Result<Triggered> {
    trigger.check()?;
    if !admit(tx, now, &trigger.name, &trigger.labels, trigger.severity)? {
        return Ok(Triggered::Dropped);
    }
    let fingerprint = Fingerprint::of(&trigger.name, &trigger.labels);
    let mut writer = Writer::begin(now);
    let triggered = match Record::active(tx, fingerprint)? {
        Some(record) => again(tx, &mut writer, record, trigger)?,
        None => open(tx, &mut writer, trigger)?,
    };
    writer.finish(tx)?;
    Ok(triggered)
}

fn open(tx: &mut Tx<'_>, writer: &mut Writer, trigger: Trigger) -> Result<Triggered> {
    let now = writer.now;
    let (labels, severity) = (trigger.labels.clone(), trigger.severity);
    let mut record = Record::new(now, &trigger.name, labels, Origin::Manual, severity);
    (record.state, record.fired_at) = (State::Firing, Some(now));
    let note = Note::by(TransitionKind::Opened, &trigger.who, &trigger.message);
    tell(&mut record.annotations, trigger.message);
    record.details = trigger.details;
    let id = record.id;
    writer.open(tx, record, note)?;
    Ok(Triggered::Opened(id))
}

fn again(
    tx: &mut Tx<'_>,
    writer: &mut Writer,
    mut record: Record,
    trigger: Trigger,
) -> Result<Triggered> {
    let id = record.id;
    let occurred = occur(&mut record, writer.now, trigger.severity);
    tell(&mut record.annotations, trigger.message.clone());
    record.details = trigger.details.or(record.details);
    store(tx, writer, record, occurred, &trigger.who, &trigger.message)?;
    Ok(match occurred.is_raised {
        true => Triggered::Raised(id),
        false => Triggered::Repeated(id),
    })
}

fn tell(annotations: &mut BTreeMap<String, String>, message: String) {
    if !message.is_empty() {
        annotations.insert(MESSAGE.to_owned(), message);
    }
}
