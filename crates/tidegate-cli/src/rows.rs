//! Rows on their way from the connection's thread to the printer, a few at a time.

use std::ops::ControlFlow;

use tidegate::{Database, Params, ReadTx, RowRef, Value};
use tokio::sync::mpsc;

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::names;
use crate::output::Printer;

/// Rows travel together up to this many …
const CHUNK_ROWS: usize = 256;
/// … or up to this many bytes of text and blobs.
const CHUNK_BYTES: usize = 256 << 10;
/// Chunks that may be under way: beyond, the query waits for the printer.
const CHUNKS_UNDER_WAY: usize = 4;

/// What comes out of a query.
enum Piece {
    Columns(Vec<String>),
    Rows(Vec<Vec<Value>>),
}

/// A statement with its parameters, and the parameters once more: without any row, a second statement tells the
/// names of the columns.
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) params: Params,
    pub(crate) params_again: Params,
}

/// Runs a query that only reads and prints its rows as they come; gives their number.
pub(crate) async fn print(
    context: &Context,
    database: &Database,
    statement: Statement,
    printer: &mut dyn Printer,
) -> Result<u64> {
    let (sender, receiver) = mpsc::channel(CHUNKS_UNDER_WAY);
    let query = context.call(database.read(move |tx| send(tx, statement, &sender)));
    let (sent, printed) = tokio::join!(query, receive(receiver, printer));
    // If the printer has failed, the query was told so and failed only because of that.
    let rows = printed?;
    if let Err(failure) = sent {
        return Err(names::with_tables(context, database, failure).await);
    }
    printer.finish()?;
    Ok(rows)
}

/// Prints rows that are there already; gives their number.
pub(crate) fn print_all(rows: &[tidegate::Row], printer: &mut dyn Printer) -> Result<u64> {
    if let Some(first) = rows.first() {
        let names: Vec<String> = first.columns().iter().map(str::to_owned).collect();
        printer.columns(&names)?;
    }
    for row in rows {
        printer.row(row.values())?;
    }
    printer.finish()?;
    Ok(rows.len() as u64)
}

async fn receive(mut pieces: mpsc::Receiver<Piece>, printer: &mut dyn Printer) -> Result<u64> {
    let mut count = 0;
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Columns(names) => printer.columns(&names)?,
            Piece::Rows(rows) => {
                count += rows.len() as u64;
                rows.iter().try_for_each(|row| printer.row(row))?;
            }
        }
    }
    Ok(count)
}

/// The part that runs on the connection's thread.
fn send(
    tx: &mut ReadTx<'_>,
    statement: Statement,
    pieces: &mpsc::Sender<Piece>,
) -> tidegate::Result<()> {
    let mut chunk = Chunk::default();
    let mut has_columns = false;
    tx.query_each(&statement.sql, statement.params, |row| {
        if !has_columns {
            has_columns = true;
            deliver(pieces, Piece::Columns(names_of(row)))?;
        }
        chunk.push(row)?;
        if chunk.is_full() {
            deliver(pieces, Piece::Rows(chunk.take()))?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if !has_columns
        && let Some(names) = names_without_rows(tx, &statement.sql, statement.params_again)
    {
        deliver(pieces, Piece::Columns(names))?;
    }
    deliver(pieces, Piece::Rows(chunk.take()))
}

fn names_of(row: &RowRef<'_>) -> Vec<String> {
    row.columns().iter().map(str::to_owned).collect()
}

/// The columns of a query that gave no row: joined to one row that it never matches, it gives one of NULLs.
fn names_without_rows(tx: &mut ReadTx<'_>, sql: &str, params: Params) -> Option<Vec<String>> {
    let query = sql.trim_end().trim_end_matches(';');
    let joined = format!("SELECT q.* FROM (SELECT 1) LEFT JOIN ({query}\n) AS q ON 0");
    let mut found = None;
    let asked = tx.query_each(&joined, params, |row| {
        found = Some(names_of(row));
        Ok(ControlFlow::Break(()))
    });
    asked.ok().and(found)
}

fn deliver(pieces: &mpsc::Sender<Piece>, piece: Piece) -> tidegate::Result<()> {
    pieces
        .blocking_send(piece)
        .map_err(|_| Failure::refused("the output has ended").into())
}

#[derive(Default)]
struct Chunk {
    rows: Vec<Vec<Value>>,
    bytes: usize,
}

impl Chunk {
    fn push(&mut self, row: &RowRef<'_>) -> tidegate::Result<()> {
        let width = row.columns().len();
        let values: Vec<Value> = (0..width)
            .map(|index| row.value(index).map(tidegate::ValueRef::to_owned))
            .collect::<tidegate::Result<_>>()?;
        self.bytes += values.iter().map(size).sum::<usize>();
        self.rows.push(values);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= CHUNK_ROWS || self.bytes >= CHUNK_BYTES
    }

    fn take(&mut self) -> Vec<Vec<Value>> {
        self.bytes = 0;
        std::mem::take(&mut self.rows)
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        Value::Null | Value::Integer(_) | Value::Real(_) => 0,
    }
}
