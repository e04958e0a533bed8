//! The one way in which alerts are changed: the row, its transition and its announcement together.

use tidegate::Tx;

use super::muting::Muting;
use super::record::Record;
use super::remute::begin_remute;
use super::state::State;
use super::transition::{Transition, TransitionKind, append};
use crate::error::Result;
use crate::notify::{Announcement, Status, announce};
use crate::timestamp::Timestamp;

/// Changes alerts within one transaction. Whoever begins one finishes it, or fails the transaction.
#[derive(Debug)]
#[must_use = "transitions are stored when it is finished"]
pub(super) struct Writer {
    pub(super) now: Timestamp,
    /// Loaded for the first alert that fires.
    muting: Option<Muting>,
    transitions: Vec<Transition>,
    /// Whether others may be muted differently now.
    others_change: bool,
}

/// What happened, for the story of an alert.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) kind: TransitionKind,
    pub(super) who: Option<String>,
    pub(super) why: String,
}

impl Note {
    /// What happened by itself.
    pub(super) fn own(kind: TransitionKind, why: impl Into<String>) -> Self {
        Self {
            kind,
            who: None,
            why: why.into(),
        }
    }

    /// What somebody did.
    pub(super) fn by(kind: TransitionKind, who: &str, why: &str) -> Self {
        Self {
            kind,
            who: Some(who.to_owned()),
            why: why.to_owned(),
        }
    }
}

impl Writer {
    pub(super) fn begin(now: Timestamp) -> Self {
        Self {
            now,
            muting: None,
            transitions: Vec::new(),
            others_change: false,
        }
    }

    /// Stores a new alert.
    pub(super) fn open(&mut self, tx: &mut Tx<'_>, mut record: Record, note: Note) -> Result<()> {
        self.mute(tx, &mut record)?;
        self.note(&record, None, note);
        record.insert(tx)?;
        self.tell(tx, &record)
    }

    /// Stores what became of an alert that was in the state `from`.
    pub(super) fn change(
        &mut self,
        tx: &mut Tx<'_>,
        mut record: Record,
        from: State,
        note: Note,
    ) -> Result<()> {
        record.changed_at = self.now;
        self.mute(tx, &mut record)?;
        self.note(&record, Some(from), note);
        self.store(tx, record)
    }

    /// Stores what changed of an alert without being a part of its story.
    pub(super) fn touch(&mut self, tx: &mut Tx<'_>, record: Record) -> Result<()> {
        self.store(tx, record)
    }

    /// Stores an alert whose muting was found anew, if it differs.
    pub(super) fn remute(
        &mut self,
        tx: &mut Tx<'_>,
        muting: &mut Muting,
        before: Record,
    ) -> Result<bool> {
        let mut record = before.clone();
        muting.mute(tx, &mut record)?;
        if record == before {
            return Ok(false);
        }
        if record.is_silent() != before.is_silent() {
            let (kind, why) = match record.is_silent() {
                true => (TransitionKind::Muted, muted_why(&record)),
                false => (TransitionKind::Unmuted, "nothing mutes it any more"),
            };
            self.note(&record, Some(record.state), Note::own(kind, why));
        }
        self.store(tx, record)?;
        Ok(true)
    }

    /// Stores the transitions, and begins to look anew at what else may be muted differently now.
    pub(super) fn finish(self, tx: &mut Tx<'_>) -> Result<()> {
        append(tx, self.transitions)?;
        match self.others_change {
            true => begin_remute(tx, self.now),
            false => Ok(()),
        }
    }

    fn mute(&mut self, tx: &mut Tx<'_>, record: &mut Record) -> Result<()> {
        if record.fired_at.is_none() {
            return Ok(());
        }
        let muting = match &mut self.muting {
            Some(muting) => muting,
            none => none.insert(Muting::load(tx)?),
        };
        self.others_change |= muting.may_inhibit(record);
        muting.mute(tx, record)
    }

    fn store(&mut self, tx: &mut Tx<'_>, mut record: Record) -> Result<()> {
        record.version += 1;
        record.update(tx)?;
        self.tell(tx, &record)
    }

    fn note(&mut self, record: &Record, from: Option<State>, note: Note) {
        self.transitions.push(Transition {
            seq: 0,
            at: self.now,
            alert: record.id,
            fingerprint: record.fingerprint,
            name: record.name.clone(),
            kind: note.kind,
            from_state: from,
            to_state: record.state,
            severity: record.severity,
            who: note.who,
            why: note.why,
        });
    }

    /// Announces what concerns people: an alert that fires, or has.
    fn tell(&self, tx: &mut Tx<'_>, record: &Record) -> Result<()> {
        match announcement(record) {
            Some(announcement) => announce(tx, self.now, &announcement),
            None => Ok(()),
        }
    }
}

fn muted_why(record: &Record) -> &'static str {
    match record.silenced_by.is_empty() {
        true => "another alert inhibits it",
        false => "it is silenced",
    }
}

fn announcement(record: &Record) -> Option<Announcement> {
    let starts_at = record.fired_at?;
    Some(Announcement {
        fingerprint: record.fingerprint,
        alert: record.id,
        status: match record.state.is_active() {
            true => Status::Firing,
            false => Status::Resolved,
        },
        is_muted: record.is_muted(),
        name: record.name.clone(),
        severity: record.severity,
        labels: record.labels.clone(),
        annotations: record.annotations.0.clone(),
        value: record.value,
        occurrences: record.occurrences,
        starts_at,
        ends_at: record.resolved_at,
        generator_url: record.generator_url.clone(),
        repeat_after: record.repeat_after(),
        further_targets: record.further_targets.0.clone(),
    })
}
