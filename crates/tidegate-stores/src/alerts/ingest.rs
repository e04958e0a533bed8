//! Alerts that other programs push, in Alertmanager's manner.

use std::collections::BTreeMap;

use tidegate::Tx;

use super::in_json::InJson;
use super::occurring::{occur, store};
use super::origin::Origin;
use super::rate::admit;
use super::record::Record;
use super::resolving::resolve;
use super::settings::settings;
use super::state::State;
use super::texts::{
    NAME_BYTES_MAX, NAME_LABEL, SEVERITY_LABEL, URL_BYTES_MAX, check_annotations, check_who,
};
use super::transition::TransitionKind;
use super::writer::{Note, Writer};
use crate::check;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::labels::Labels;
use crate::notify::Severity;
use crate::timestamp::Timestamp;

/// The most alerts of one [`ingest`].
pub const PUSHED_MAX: usize = 5_000;

/// An alert as another program pushes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Its labels: `alertname` is its name, `severity` how urgent it is, the rest tells it from others of its name.
    ///
    /// Besides our own, these severities are known: `debug`, `none`, `notice`, `low`, `ok` are info; `warn`, `minor`,
    /// `medium` are warnings; `error`, `high`, `major`, `err` are critical; `page`, `fatal`, `disaster`, `panic` are
    /// emergencies. Any other, and none, is a warning.
    pub labels: Labels,
    /// Texts for people.
    pub annotations: BTreeMap<String, String>,
    /// Since when; since now if left out or ahead.
    pub starts_at: Option<Timestamp>,
    /// When it ends or has ended; if left out, it ends unless it is pushed again within
    /// [`resolve_timeout`](super::Settings::resolve_timeout).
    pub ends_at: Option<Timestamp>,
    /// Where to look at it.
    pub generator_url: Option<String>,
}

/// What became of pushed alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ingested {
    /// New alerts.
    pub opened: usize,
    /// Alerts that were active: they go on, or occurred once more.
    pub repeated: usize,
    /// Alerts that are over.
    pub resolved: usize,
    /// Alerts that are over, and were not there.
    pub ignored: usize,
    /// Occurrences of which there were too many lately.
    pub dropped: usize,
}

/// Takes pushed alerts, all or none. `who` pushes them.
///
/// One that is active and has not begun anew goes on: that is no occurrence, and no rate limit holds it back.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) with the index of the alert as
/// [`item`](Error::item): without the label `alertname`, with an end before its beginning, or with a field that is not as it
/// must be; [`Limit`](crate::ErrorKind::Limit) beyond [`PUSHED_MAX`]; and what the database answers.
pub fn ingest(tx: &mut Tx<'_>, now: Timestamp, pushed: Vec<Pushed>, who: &str) -> Result<Ingested> {
    check_who("who", who)?;
    check::count("alerts", pushed.len(), PUSHED_MAX)?;
    for (item, one) in pushed.iter().enumerate() {
        one.check().map_err(|error| error.of_item(item))?;
    }
    let timeout = settings(tx)?.resolve_timeout;
    let mut ingest = Ingest {
        who,
        expires_at: now.saturating_add(timeout),
        writer: Writer::begin(now),
        done: Ingested::default(),
    };
    for one in pushed {
        ingest.take(tx, one)?;
    }
    ingest.writer.finish(tx)?;
    Ok(ingest.done)
}

impl Pushed {
    fn check(&self) -> Result<()> {
        let Some(name) = self.labels.get(NAME_LABEL) else {
            return Err(Error::invalid("labels", "the label alertname is missing"));
        };
        check::line("labels", name, NAME_BYTES_MAX)
            .map_err(|error| error.in_field("labels.alertname"))?;
        check_annotations(&self.annotations)?;
        if let Some(url) = &self.generator_url {
            check::length("generator_url", url, URL_BYTES_MAX)?;
            check::text("generator_url", url, URL_BYTES_MAX)?;
        }
        match self.starts_at.zip(self.ends_at) {
            Some((starts_at, ends_at)) if ends_at < starts_at => {
                Err(Error::invalid("ends_at", "must not lie before it begins"))
            }
            _ => Ok(()),
        }
    }

    fn name(&self) -> &str {
        self.labels.get(NAME_LABEL).unwrap_or_default()
    }

    fn own_labels(&self) -> Labels {
        let names = self.labels.iter().map(|label| label.name());
        let own: Vec<&str> = names
            .filter(|name| *name != NAME_LABEL && *name != SEVERITY_LABEL)
            .collect();
        self.labels.only(&own)
    }

    fn severity(&self) -> Severity {
        let text = self
            .labels
            .get(SEVERITY_LABEL)
            .unwrap_or_default()
            .to_ascii_lowercase();
        match &*text {
            "info" | "debug" | "none" | "notice" | "low" | "ok" => Severity::Info,
            "critical" | "error" | "err" | "high" | "major" => Severity::Critical,
            "emergency" | "page" | "fatal" | "disaster" | "panic" => Severity::Emergency,
            _ => Severity::Warning,
        }
    }
}

/// Taking alerts one by one.
struct Ingest<'i> {
    who: &'i str,
    /// When those end that do not say it.
    expires_at: Timestamp,
    writer: Writer,
    done: Ingested,
}

impl Ingest<'_> {
    fn take(&mut self, tx: &mut Tx<'_>, pushed: Pushed) -> Result<()> {
        let labels = pushed.own_labels();
        let active = Record::active(tx, Fingerprint::of(pushed.name(), &labels))?;
        let is_over = pushed
            .ends_at
            .is_some_and(|ends_at| ends_at <= self.writer.now);
        match active {
            Some(record) if is_over => self.end(tx, record, pushed),
            None if is_over => {
                self.done.ignored += 1;
                Ok(())
            }
            Some(record) => self.go_on(tx, record, pushed),
            None => self.open(tx, labels, pushed),
        }
    }

    /// What a rule or a person has opened is not ended from outside.
    fn end(&mut self, tx: &mut Tx<'_>, record: Record, pushed: Pushed) -> Result<()> {
        if record.origin != Origin::Pushed {
            self.done.ignored += 1;
            return Ok(());
        }
        self.done.resolved += 1;
        let ended_at = pushed.ends_at.unwrap_or(self.writer.now);
        let note = Note::by(TransitionKind::Resolved, self.who, "it was pushed as over");
        resolve(tx, &mut self.writer, record, ended_at, note)
    }

    fn open(&mut self, tx: &mut Tx<'_>, labels: Labels, pushed: Pushed) -> Result<()> {
        let (now, severity) = (self.writer.now, pushed.severity());
        if !admit(tx, now, pushed.name(), &labels, severity)? {
            self.done.dropped += 1;
            return Ok(());
        }
        let mut record = Record::new(now, pushed.name(), labels, Origin::Pushed, severity);
        record.state = State::Firing;
        record.fired_at = Some(pushed.starts_at.unwrap_or(now).min(now));
        self.describe(&mut record, pushed);
        self.done.opened += 1;
        let note = Note::by(TransitionKind::Opened, self.who, "");
        self.writer.open(tx, record, note)
    }

    fn go_on(&mut self, tx: &mut Tx<'_>, mut record: Record, pushed: Pushed) -> Result<()> {
        let (now, severity) = (self.writer.now, pushed.severity());
        let began = pushed.starts_at.map(|starts_at| starts_at.min(now));
        let is_new =
            began > record.fired_at.max(Some(record.seen_at)) || severity > record.severity;
        self.done.repeated += 1;
        if is_new && admit(tx, now, &record.name, &record.labels, severity)? {
            let occurred = occur(&mut record, now, severity);
            self.describe(&mut record, pushed);
            return store(tx, &mut self.writer, record, occurred, self.who, "");
        }
        if is_new {
            self.done.dropped += 1;
        }
        let before = record.clone();
        self.describe(&mut record, pushed);
        match record == before {
            true => Ok(()),
            false => self.writer.touch(tx, record),
        }
    }

    /// Takes over what the alert says of itself.
    fn describe(&self, record: &mut Record, pushed: Pushed) {
        if record.origin == Origin::Pushed {
            record.expires_at = Some(pushed.ends_at.unwrap_or(self.expires_at));
            record.annotations = InJson(pushed.annotations);
            record.generator_url = pushed.generator_url;
        }
    }
}
