//! Looking alerts up.

use std::ops::ControlFlow;

use tidegate::ReadTx;

use super::alert::Alert;
use super::filter::{Conditions, Filter};
use super::record::Record;
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;

/// How many alerts one call looks at; a page that ends because of it may hold fewer than were asked for, or none, and goes
/// on.
pub const SCANNED_MAX: usize = 20_000;

/// A list of alerts, as its cursor knows it.
#[derive(Clone, Copy)]
struct Of {
    name: &'static str,
    condition: &'static str,
}

const ACTIVE: Of = Of {
    name: "active_alerts",
    condition: "resolved_at IS NULL",
};
const HISTORY: Of = Of {
    name: "alert_history",
    condition: "1 = 1",
};

/// The active alerts that a filter means, pending ones among them, the newest first.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a filter, a limit or a cursor
/// that is not as it must be; and what the database answers.
pub fn active(
    tx: &mut ReadTx<'_>,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Alert>> {
    page(tx, ACTIVE, filter, after, limit)
}

/// All alerts that a filter means, active and resolved, the newest first.
///
/// # Errors
/// As [`active`].
pub fn history(
    tx: &mut ReadTx<'_>,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Alert>> {
    page(tx, HISTORY, filter, after, limit)
}

/// One alert by its id.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none, or none any more; and what the database answers.
pub fn get(tx: &mut ReadTx<'_>, id: Id) -> Result<Alert> {
    Record::load(tx, id).map(Alert::from)
}

/// The active alert of a fingerprint, if there is one.
///
/// # Errors
/// What the database answers.
pub fn active_of(tx: &mut ReadTx<'_>, fingerprint: Fingerprint) -> Result<Option<Alert>> {
    Ok(Record::active(tx, fingerprint)?.map(Alert::from))
}

fn page(
    tx: &mut ReadTx<'_>,
    of: Of,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Alert>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    filter.check()?;
    let mut conditions = Conditions::new(of.condition);
    if let Some(cursor) = after {
        let (id,): (Id,) = cursor.key(of.name)?;
        conditions.add("id < ?", id);
    }
    filter.add_to(&mut conditions);
    let sql = format!(
        "SELECT * FROM tg_alert WHERE {} ORDER BY id DESC",
        conditions.sql
    );
    let mut scan = Scan::default();
    tx.query_each(&sql, conditions.params, |row| {
        Ok(scan.take(row.decode()?, filter, limit))
    })?;
    let next = scan.goes_on_after.map(|id| Cursor::after(of.name, &(id,)));
    Ok(Page {
        items: scan.found,
        next,
    })
}

#[derive(Default)]
struct Scan {
    found: Vec<Alert>,
    scanned: usize,
    last: Option<Id>,
    goes_on_after: Option<Id>,
}

impl Scan {
    /// Looks at the next alert; breaks off before the one that is too many.
    fn take(&mut self, record: Record, filter: &Filter, limit: usize) -> ControlFlow<()> {
        if self.found.len() == limit || self.scanned == SCANNED_MAX {
            self.goes_on_after = self.last;
            return ControlFlow::Break(());
        }
        self.scanned += 1;
        self.last = Some(record.id);
        if filter.is_met_by(&record) {
            self.found.push(record.into());
        }
        ControlFlow::Continue(())
    }
}
