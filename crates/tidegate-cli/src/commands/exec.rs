//! `exec`: statements that change the database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};
use tidegate::{Database, JournalMode, Params, Row};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::names;
use crate::open::{self, Purpose, using_with};
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
        let executed = using_with(context, options, async |database| {
            match self.execute(context, database, sql, params).await {
                Err(failure) => Err(names::with_tables(context, database, failure).await),
                done => done,
            }
        });
        executed.await.map_err(nothing_changed)?;
        Ok(ExitCode::SUCCESS)
    }

    async fn execute(
        &self,
        context: &Context,
        database: &Database,
        sql: String,
        params: Params,
    ) -> Result<()> {
        if sql::yields_rows(&sql) && !sql::holds_several(&sql) {
            let found = context.call(database.query::<Row>(sql, params)).await;
            let mut printer = context.output.rows(true);
            return rows::print_all(&found?, &mut *printer).map(drop);
        }
        let done = match self.params.is_empty() && sql::holds_several(&sql) {
            true => context
                .call(database.execute_batch(sql))
                .await
                .map(|()| None),
            false => context.call(database.execute(sql, params)).await.map(Some),
        };
        context.output.report(&Done { changed: done? })
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
