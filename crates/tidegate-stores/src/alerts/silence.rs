//! Silences: for a while nobody is told of some alerts.

use serde::Deserialize;
use tidegate::{ReadTx, Tx};

use super::in_json::InJson;
use super::named::named;
use super::remute::begin_remute;
use super::texts::{WHY_BYTES_MAX, check_who};
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::{Error, Result};
use crate::id::Id;
use crate::matcher::{MATCHERS_MAX, Matcher};
use crate::timestamp::Timestamp;
use crate::window::WINDOW_MAX;

/// The most silences that have not ended.
pub const SILENCES_MAX: usize = 1_000;

const LIST: &str = "silences";

named! {
    /// Whether a silence is in force.
    pub enum SilenceStatus as "status" {
        /// It has not begun.
        Pending = "pending",
        /// It is in force.
        Active = "active",
        /// It has ended.
        Expired = "expired",
    }
}

/// A silence to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSilence {
    /// Which alerts; they must meet all of them. An alert's name is the label `alertname`, its severity `severity`.
    pub matchers: Vec<Matcher>,
    /// Who made it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// When it begins; at once if that is past.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// A silence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Silence {
    /// Its id.
    pub id: Id,
    /// Which alerts; they must meet all of them.
    pub matchers: Vec<Matcher>,
    /// Who made it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it is in force, as of the last [`escalate_step`](super::escalate_step).
    pub status: SilenceStatus,
    /// Who ended it before its time.
    pub ended_by: Option<String>,
}

impl NewSilence {
    fn check(&self, now: Timestamp) -> Result<()> {
        check::count("matchers", self.matchers.len(), MATCHERS_MAX)?;
        if self
            .matchers
            .iter()
            .all(|matcher| matcher.matches_value(""))
        {
            let reason =
                "at least one must not be met by the empty value, or everything would be silent";
            return Err(Error::invalid("matchers", reason));
        }
        check_who("author", &self.author)?;
        check::line("comment", &self.comment, WHY_BYTES_MAX)?;
        let starts_at = self.starts_at.max(now);
        match () {
            () if self.ends_at <= now => Err(Error::invalid("ends_at", "must lie ahead")),
            () if self.ends_at <= self.starts_at => {
                Err(Error::invalid("ends_at", "must lie after it begins"))
            }
            () if self.ends_at.saturating_since(starts_at) > WINDOW_MAX => {
                Err(Error::limit("ends_at", "at most 3660 days after it begins"))
            }
            () => Ok(()),
        }
    }
}

/// Makes a silence. Alerts that it concerns are muted within this call, as far as
/// [`escalate_step`](super::escalate_step) does not finish it.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for matchers that an alert without labels meets, no author, no comment, or
/// an end that is past or before the beginning; [`Limit`](crate::ErrorKind::Limit) beyond [`SILENCES_MAX`] or for texts that
/// are too long; and what the database answers.
pub fn silence(tx: &mut Tx<'_>, now: Timestamp, silence: NewSilence) -> Result<Id> {
    silence.check(now)?;
    let sql = "SELECT count(*) FROM tg_alert_silence WHERE status IN ('pending', 'active')";
    let present: usize = tx.query_scalar(sql, ())?;
    check::count("silences", present + 1, SILENCES_MAX)?;
    let id = Id::new(now);
    let status = status_at(now, silence.starts_at, silence.ends_at);
    let matchers: Vec<String> = silence.matchers.iter().map(ToString::to_string).collect();
    let sql = "INSERT INTO tg_alert_silence
        (id, matchers, author, comment, starts_at, ends_at, created_at, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let row = (
        id,
        &InJson(matchers),
        silence.author,
        silence.comment,
        silence.starts_at.max(now),
        silence.ends_at,
        now,
        status,
    );
    tx.execute(sql, row)?;
    if status == SilenceStatus::Active {
        begin_remute(tx, now)?;
    }
    Ok(id)
}

/// Ends a silence before its time.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none; [`Conflict`](crate::ErrorKind::Conflict) if it has ended;
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a name of more than
/// [`WHO_BYTES_MAX`](super::WHO_BYTES_MAX) bytes or none; and what the database answers.
pub fn expire_silence(tx: &mut Tx<'_>, now: Timestamp, id: Id, who: &str) -> Result<()> {
    check_who("who", who)?;
    let silence = get_silence(tx, id)?;
    if silence.status == SilenceStatus::Expired {
        let found = silence.status.as_str();
        return Err(Error::conflict("silence", "it has ended already", found));
    }
    let sql = "UPDATE tg_alert_silence SET status = 'expired', ends_at = min(ends_at, ?), ended_by = ? WHERE id = ?";
    tx.execute(sql, (now, who, id))?;
    match silence.status {
        SilenceStatus::Active => begin_remute(tx, now),
        _ => Ok(()),
    }
}

/// One silence by its id.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none, or none any more; and what the database answers.
pub fn get_silence(tx: &mut ReadTx<'_>, id: Id) -> Result<Silence> {
    let row: Option<Row> = tx.query_opt("SELECT * FROM tg_alert_silence WHERE id = ?", (id,))?;
    row.ok_or_else(|| Error::not_found("silence", id))?
        .into_silence()
}

/// The silences of a status, or all, the newest first.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a limit or a cursor that is not
/// as it must be; and what the database answers.
pub fn silences(
    tx: &mut ReadTx<'_>,
    status: Option<SilenceStatus>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Silence>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let after: Option<(Id,)> = after.map(|cursor| cursor.key(LIST)).transpose()?;
    let after = after.map(|(id,)| id);
    let rows: Vec<Row> = match status {
        Some(status) => tx.query(
            "SELECT * FROM tg_alert_silence WHERE status = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3",
            (status, after, limit + 1),
        )?,
        None => tx.query(
            "SELECT * FROM tg_alert_silence WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
            (after, limit + 1),
        )?,
    };
    let silences = rows
        .into_iter()
        .map(Row::into_silence)
        .collect::<Result<_>>()?;
    Ok(Page::cut(silences, limit, |last: &Silence| {
        Cursor::after(LIST, &(last.id,))
    }))
}

/// Those in force, with what they match.
pub(super) fn active_matchers(tx: &mut ReadTx<'_>) -> Result<Vec<(Id, Vec<Matcher>)>> {
    let sql = "SELECT id, matchers FROM tg_alert_silence WHERE status = 'active' ORDER BY id";
    let rows: Vec<(Id, InJson<Vec<String>>)> = tx.query(sql, ())?;
    let parsed = rows.into_iter().map(|(id, texts)| Ok((id, parse(&texts)?)));
    parsed.collect()
}

/// Begins and ends silences whose time has come; says whether any did.
pub(super) fn move_statuses(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool> {
    // A clock that was ahead may have begun one too early; it is pending again.
    let moves = [
        "UPDATE tg_alert_silence SET status = 'expired' WHERE status IN ('pending', 'active') AND ends_at <= ?1",
        "UPDATE tg_alert_silence SET status = 'active' WHERE status = 'pending' AND starts_at <= ?1 AND ends_at > ?1",
        "UPDATE tg_alert_silence SET status = 'pending' WHERE status = 'active' AND starts_at > ?1",
    ];
    let mut moved = 0;
    for sql in moves {
        moved += tx.execute(sql, (now,))?;
    }
    Ok(moved > 0)
}

fn status_at(now: Timestamp, starts_at: Timestamp, ends_at: Timestamp) -> SilenceStatus {
    match () {
        () if ends_at <= now => SilenceStatus::Expired,
        () if starts_at <= now => SilenceStatus::Active,
        () => SilenceStatus::Pending,
    }
}

fn parse(texts: &[String]) -> Result<Vec<Matcher>> {
    texts.iter().map(|text| Matcher::parse(text)).collect()
}

/// A row as it is read.
#[derive(Deserialize)]
struct Row {
    id: Id,
    matchers: InJson<Vec<String>>,
    author: String,
    comment: String,
    starts_at: Timestamp,
    ends_at: Timestamp,
    created_at: Timestamp,
    status: SilenceStatus,
    ended_by: Option<String>,
}

impl Row {
    fn into_silence(self) -> Result<Silence> {
        Ok(Silence {
            id: self.id,
            matchers: parse(&self.matchers)?,
            author: self.author,
            comment: self.comment,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            created_at: self.created_at,
            status: self.status,
            ended_by: self.ended_by,
        })
    }
}
