//! Looking keys up.

use tidegate::ReadTx;

use super::key::{Key, Row, columns};
use crate::check;
use crate::cursor::{Cursor, PAGE_ITEMS_MAX, Page};
use crate::error::{Error, Result};
use crate::id::Id;

const LIST: &str = "keys";

/// The keys in the order in which they were made.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a limit of zero or a cursor of another list;
/// [`Limit`](crate::ErrorKind::Limit) beyond [`PAGE_ITEMS_MAX`]; and what the database answers.
pub fn list(tx: &mut ReadTx<'_>, after: Option<&Cursor>, limit: usize) -> Result<Page<Key>> {
    check::page(limit, PAGE_ITEMS_MAX)?;
    let after: Option<Id> = after.map(|cursor| cursor.key(LIST)).transpose()?;
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tg_key WHERE ?1 IS NULL OR id > ?1 ORDER BY id LIMIT ?2"
    );
    let rows: Vec<Row> = tx.query(sql, (after, limit + 1))?;
    let keys: Result<Vec<Key>> = rows.into_iter().map(Row::into_key).collect();
    Ok(Page::cut(keys?, limit, |last| {
        Cursor::after(LIST, &last.id)
    }))
}

/// One key by its id.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none; and what the database answers.
pub fn get(tx: &mut ReadTx<'_>, id: Id) -> Result<Key> {
    let sql = concat!("SELECT ", columns!(), " FROM tg_key WHERE id = ?");
    let row: Option<Row> = tx.query_opt(sql, (id,))?;
    row.ok_or_else(|| Error::not_found("key", id))?.into_key()
}
