//! `query`: the rows of one statement that only reads.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::context::Context;
use crate::failure::Result;
use crate::open::{Purpose, using};
use crate::params::ParamArgs;
use crate::{rows, sql};

const EXAMPLES: &str = "\
Examples:
  tidegate query app.db 'SELECT * FROM users WHERE id = ?' 7
  tidegate query app.db 'SELECT * FROM users WHERE name = :name' -p name=Ada --json
  tidegate query app.db - --csv < report.sql > report.csv

JSON: an array with one object for each row. A blob is {\"$base64\": \"…\"}.";

/// Print the rows of a query; nothing can be changed by it
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Query {
    /// The database file
    db: PathBuf,

    /// One SQL statement; `-` reads it from standard input
    sql: String,

    #[command(flatten)]
    params: ParamArgs,

    /// Leave out the names of the columns in CSV
    #[arg(long)]
    no_header: bool,
}

impl Query {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let statement = rows::Statement {
            params: self.params.bind()?,
            params_again: self.params.bind()?,
            sql: sql::text_of(context, &self.sql).await?,
        };
        let mut printer = context.output.rows(!self.no_header);
        using(context, &self.db, Purpose::Read, async |database| {
            rows::print(context, database, statement, &mut *printer).await
        })
        .await?;
        Ok(ExitCode::SUCCESS)
    }
}
