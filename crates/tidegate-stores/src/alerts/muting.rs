//! Which silences and which other alerts keep an alert from being told.

use tidegate::ReadTx;

use super::in_json::InJson;
use super::inhibition::{Inhibition, stored};
use super::matched::Matched;
use super::record::Record;
use super::silence::active_matchers;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;
use crate::matcher::Matcher;
use crate::notify::Severity;

/// The most silences that an alert names, of those that keep it from being told.
const SILENCES_NAMED: usize = 16;

/// The silences and inhibitions in force, as of when they were loaded.
#[derive(Debug)]
pub(super) struct Muting {
    silences: Vec<(Id, Vec<Matcher>)>,
    inhibitions: Vec<Inhibition>,
    /// Loaded when an alert is first found that one of them could inhibit.
    sources: Option<Vec<Source>>,
}

/// An alert that fires and may inhibit others.
#[derive(Debug)]
struct Source {
    id: Id,
    fingerprint: Fingerprint,
    matched: Matched,
}

impl Muting {
    pub(super) fn load(tx: &mut ReadTx<'_>) -> Result<Self> {
        Ok(Self {
            silences: active_matchers(tx)?,
            inhibitions: stored(tx)?,
            sources: None,
        })
    }

    /// Whether a change of this alert may change what is told of others.
    pub(super) fn may_inhibit(&self, record: &Record) -> bool {
        let matched = Matched::of(record);
        self.inhibitions
            .iter()
            .any(|one| matched.meets(&one.source))
    }

    /// Notes in the record what keeps it from being told.
    pub(super) fn mute(&mut self, tx: &mut ReadTx<'_>, record: &mut Record) -> Result<()> {
        if record.fired_at.is_none() || !record.state.is_active() {
            (record.silenced_by, record.inhibited_by) = (InJson::default(), None);
            return Ok(());
        }
        let matched = Matched::of(record);
        let silences = self
            .silences
            .iter()
            .filter(|(_, matchers)| matched.meets(matchers));
        record.silenced_by = InJson(silences.map(|(id, _)| *id).take(SILENCES_NAMED).collect());
        record.inhibited_by = self.inhibitor(tx, record, &matched)?;
        Ok(())
    }

    fn inhibitor(
        &mut self,
        tx: &mut ReadTx<'_>,
        record: &Record,
        target: &Matched,
    ) -> Result<Option<Id>> {
        let mut wanted = self
            .inhibitions
            .iter()
            .filter(|one| target.meets(&one.target))
            .peekable();
        if wanted.peek().is_none() {
            return Ok(None);
        }
        let sources = match &mut self.sources {
            Some(sources) => sources,
            none => none.insert(load_sources(tx, &self.inhibitions)?),
        };
        let wanted: Vec<&Inhibition> = wanted.collect();
        let inhibits = |source: &&Source| {
            source.fingerprint != record.fingerprint
                && wanted
                    .iter()
                    .any(|one| one.inhibits(&source.matched, target))
        };
        let kept = sources
            .iter()
            .find(|source| Some(source.id) == record.inhibited_by);
        let found = kept
            .filter(inhibits)
            .or_else(|| sources.iter().find(inhibits));
        Ok(found.map(|source| source.id))
    }
}

/// Everything that fires and is a source of any inhibition. That it is muted itself does not matter.
fn load_sources(tx: &mut ReadTx<'_>, inhibitions: &[Inhibition]) -> Result<Vec<Source>> {
    let sql = "SELECT id, fingerprint, name, severity, labels FROM tg_alert
        WHERE resolved_at IS NULL AND fired_at IS NOT NULL ORDER BY id";
    let rows: Vec<(Id, Fingerprint, String, Severity, Labels)> = tx.query(sql, ())?;
    let sources = rows
        .into_iter()
        .map(|(id, fingerprint, name, severity, labels)| Source {
            id,
            fingerprint,
            matched: Matched {
                name,
                severity,
                labels,
            },
        });
    let inhibits = |source: &Source| {
        let mut sides = inhibitions.iter().map(|one| &one.source);
        sides.any(|side| source.matched.meets(side))
    };
    Ok(sources.filter(inhibits).collect())
}
