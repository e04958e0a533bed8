//! Batches of rows into the table: all of them or none, or every good one.

use tidegate::{Call, Database, ErrorKind, Transaction, Tx, Value};

use super::column::insert_into;
use super::reader::{Bad, Batch, Layout};
use crate::context::Context;
use crate::failure::{Failure, Result};

/// What is done with a row whose key is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Conflict {
    /// It is an error
    #[default]
    Refuse,
    /// The row in the table stays
    Skip,
    /// The row of the file takes its place
    Replace,
}

impl Conflict {
    fn words(self) -> &'static str {
        match self {
            Self::Refuse => "",
            Self::Skip => " OR IGNORE",
            Self::Replace => " OR REPLACE",
        }
    }
}

/// Where batches go, and what has become of them.
#[derive(Debug)]
pub(crate) struct Insert<'i> {
    context: &'i Context,
    sql: String,
    file: String,
    door: Door,
    /// Rows inserted so far.
    pub(crate) rows: u64,
    /// Rows that were there already, and stayed.
    pub(crate) skipped: u64,
    /// Rows that were refused, in the order of the file.
    pub(crate) bad: Vec<Bad>,
}

#[derive(Debug)]
enum Door {
    /// One transaction for everything: the first bad row undoes it.
    Whole(Transaction),
    /// Every batch is committed, without its bad rows.
    KeepGood(Database),
}

impl<'i> Insert<'i> {
    /// Into one transaction, to be ended by [`finish`](Self::finish).
    pub(crate) fn whole(
        context: &'i Context,
        transaction: Transaction,
        table: &str,
        layout: &Layout,
        conflict: Conflict,
        file: &str,
    ) -> Self {
        Self::new(
            context,
            Door::Whole(transaction),
            table,
            layout,
            conflict,
            file,
        )
    }

    /// Batch by batch.
    pub(crate) fn keep_good(
        context: &'i Context,
        database: Database,
        table: &str,
        layout: &Layout,
        conflict: Conflict,
        file: &str,
    ) -> Self {
        Self::new(
            context,
            Door::KeepGood(database),
            table,
            layout,
            conflict,
            file,
        )
    }

    fn new(
        context: &'i Context,
        door: Door,
        table: &str,
        layout: &Layout,
        conflict: Conflict,
        file: &str,
    ) -> Self {
        Self {
            context,
            sql: insert_into(table, &layout.columns, conflict.words()),
            file: file.to_owned(),
            door,
            rows: 0,
            skipped: 0,
            bad: Vec::new(),
        }
    }

    /// Inserts a batch.
    pub(crate) async fn batch(&mut self, batch: Batch) -> Result<()> {
        let (sql, file) = (self.sql.clone(), self.file.clone());
        let offered = batch.rows.len() as u64;
        let done = match &self.door {
            Door::Whole(transaction) => {
                if let Some(bad) = batch.bad.first() {
                    return Err(Failure::input(&bad.problem).at(&self.file, bad.line));
                }
                let call = transaction.run(move |tx| insert_all(tx, &sql, batch, &file));
                self.context.call(call).await?
            }
            Door::KeepGood(database) => {
                let call: Call<Done> = database.write(move |tx| insert_good(tx, &sql, batch));
                // Not tied to Ctrl-C: a batch takes a moment, and then it is known whether it was kept.
                let call = call.deadline(self.context.remaining_or_max());
                call.await.map_err(|error| self.context.failed(error))?
            }
        };
        self.rows += done.changed;
        self.skipped += (offered - done.bad_rows).saturating_sub(done.changed);
        self.bad.extend(done.bad);
        Ok(())
    }

    /// Makes what is not durable yet durable.
    pub(crate) async fn finish(self) -> Result<(u64, u64, Vec<Bad>)> {
        if let Door::Whole(transaction) = self.door {
            let committing = transaction
                .commit()
                .deadline(self.context.remaining_or_max());
            committing
                .await
                .map_err(|error| self.context.failed(error))?;
        }
        Ok((self.rows, self.skipped, self.bad))
    }
}

/// What a batch came to.
#[derive(Debug, Default)]
struct Done {
    changed: u64,
    /// Rows that SQLite refused.
    bad_rows: u64,
    /// Those, and the records that were no rows.
    bad: Vec<Bad>,
}

fn insert_all(tx: &mut Tx<'_>, sql: &str, batch: Batch, file: &str) -> tidegate::Result<Done> {
    let lines = batch.lines;
    let changed = tx.execute_many(sql, batch.rows).map_err(|error| {
        match error.item().and_then(|index| lines.get(index)) {
            Some(&line) if is_about_the_row(&error) => {
                Failure::input(plain_message(&error)).at(file, line).into()
            }
            _ => error,
        }
    })?;
    Ok(Done {
        changed,
        ..Done::default()
    })
}

fn insert_good(tx: &mut Tx<'_>, sql: &str, batch: Batch) -> tidegate::Result<Done> {
    let mut done = Done {
        bad: batch.bad,
        ..Done::default()
    };
    for (line, row) in batch.lines.into_iter().zip(batch.rows) {
        match insert_one(tx, sql, row) {
            Ok(changed) => done.changed += changed,
            Err(error) if is_about_the_row(&error) => {
                let problem = plain_message(&error);
                done.bad_rows += 1;
                done.bad.push(Bad { line, problem });
            }
            Err(error) => return Err(error),
        }
    }
    done.bad.sort_by_key(|bad| bad.line);
    Ok(done)
}

fn insert_one(tx: &mut Tx<'_>, sql: &str, row: Vec<Value>) -> tidegate::Result<u64> {
    tx.execute(sql, row)
}

fn is_about_the_row(error: &tidegate::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Constraint | ErrorKind::Conversion | ErrorKind::TooBig
    )
}

/// The message without the item's number, which the line takes the place of.
fn plain_message(error: &tidegate::Error) -> String {
    let message = error.to_string();
    match (error.item(), message.split_once(": ")) {
        (Some(item), Some((before, rest))) if before == format!("item {item}") => rest.to_owned(),
        _ => message,
    }
}
