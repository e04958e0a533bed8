//! Making, ending and looking up silences.

use tidegate::{ReadTx, Tx};

use super::in_json::InJson;
use super::remute::begin_remute;
use super::silence::{NewSilence, Row, Silence, SilenceStatus, parse};
use super::texts::check_who;
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::{Error, Result};
use crate::id::Id;
use crate::matcher::Matcher;
use crate::timestamp::Timestamp;

/// The most silences that have not ended.
pub const SILENCES_MAX: usize = 1_000;

const LIST: &str = "silences";

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
    let status = silence.status(now);
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
    let sql =
        "UPDATE tg_alert_silence SET status = 'expired', ends_at = ?, ended_by = ? WHERE id = ?";
    tx.execute(sql, (silence.ends_at.min(now), who, id))?;
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
