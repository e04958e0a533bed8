//! `exec`: statements that change the database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};
use tidegate::{Database, ErrorKind, JournalMode, Params, Row};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::open::{self, Purpose};
use crate::output::{Report, count};
use crate::params::ParamArgs;
use crate::{rows, sql};

const EXAMPLES: &str = "\
Examples:
  tidegate exec app.db 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)'
  tidegate exec app.db 'INSERT INTO users (name) VALUES (?) RETURNING id' Ada
  tidegate exec app.db - < schema.sql

Several statements, separated by semicolons, run in one transaction: all or none.
JSON: {\"changed\": rows, or null for several statements}; an array of rows for a statement that returns rows.";

/// Run SQL that changes the database, in one transaction
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Exec {
    /// The database file; it is created if there is none
    db: PathBuf,

    /// SQL; `-` reads it from standard input
    sql: String,

    #[command(flatten)]
    params: ParamArgs,

    /// Turn the write-ahead log of an older file on, so that readers and writers do not wait for each other
    #[arg(long)]
    wal: bool,
}

impl Exec {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let params = self.params.bind()?;
        let sql = sql::text_of(context, &self.sql).await?;
        let mut options = open::options(context, &self.db, Purpose::Create)?;
        if self.wal {
            options = options.journal_mode(JournalMode::Wal);
        }
        let database = open::open_with(context, options).await?;
        let done = self.execute(context, &database, sql, params).await;
        database.close().await?;
        done.map(|()| ExitCode::SUCCESS)
    }

    async fn execute(
        &self,
        context: &Context,
        database: &Database,
        sql: String,
        params: Params,
    ) -> Result<()> {
        if sql::yields_rows(&sql) {
            let found = context.call(database.query::<Row>(sql, params)).await;
            let mut printer = context.output.rows(true);
            return rows::print_all(&found.map_err(nothing_changed)?, &mut *printer).map(drop);
        }
        let done = match context.limit(database.execute(sql.clone(), params)).await {
            Ok(changed) => Ok(Some(changed)),
            // More than one statement, perhaps: if it is something else, the batch says so itself.
            Err(error) if error.kind() == ErrorKind::Misuse && self.params.is_empty() => {
                let batch = context.call(database.execute_batch(sql)).await;
                batch.map(|()| None)
            }
            Err(error) => Err(context.failed(error)),
        };
        let changed = done.map_err(nothing_changed)?;
        context.output.report(&Done { changed })
    }
}

fn nothing_changed(failure: Failure) -> Failure {
    failure.nothing_kept("nothing was changed")
}

struct Done {
    /// Unknown for several statements.
    changed: Option<u64>,
}

impl Report for Done {
    fn to_json(&self) -> Json {
        json!({ "changed": self.changed })
    }

    fn to_text(&self) -> String {
        match self.changed {
            None => "done".to_owned(),
            Some(1) => "1 row changed".to_owned(),
            Some(rows) => format!("{} rows changed", count(rows)),
        }
    }
}
