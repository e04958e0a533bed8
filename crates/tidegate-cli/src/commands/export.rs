//! `export`: a table, or the rows of a query, into a file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use serde_json::{Value as Json, json};
use tidegate::{Database, Params};

use super::shown;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::import::InputFormat;
use crate::names::quoted;
use crate::open::{Purpose, using};
use crate::output::{CsvPrinter, LinePrinter, NullText, PartialFile, Printer, Report, Sink, count};
use crate::rows;

const DETAILS: &str = "\
All rows are of one moment. The file appears when it is whole; after an error or Ctrl-C there is none.
What is exported can be imported again: give both sides the same --null if texts may be empty.

JSON: {\"rows\", \"file\"}.";

/// Write a table or a query's rows to a CSV or NDJSON file
#[derive(Args, Debug)]
#[command(after_help = DETAILS, group = ArgGroup::new("what").required(true).args(["table_name", "query"]))]
pub(crate) struct Export {
    /// The database file
    db: PathBuf,

    /// The table or view; leave it out with --query
    #[arg(value_name = "TABLE")]
    table_name: Option<String>,

    /// Export the rows of this query instead
    #[arg(long, value_name = "SQL")]
    query: Option<String>,

    /// The file: .csv, .tsv or .ndjson [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// The same, after the table
    #[arg(value_name = "FILE", conflicts_with_all = ["out", "query"])]
    file: Option<PathBuf>,

    /// The form of the output [default: by the file's name, or csv]
    #[arg(long)]
    format: Option<InputFormat>,

    /// What stands for NULL in CSV [default: the empty field]
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    null: String,

    /// Leave out the names of the columns in CSV
    #[arg(long)]
    no_header: bool,

    /// Replace the file if it is there
    #[arg(short, long)]
    force: bool,
}

impl Export {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let format = self.format_of_output()?;
        let exported = using(context, &self.db, Purpose::Read, async |database| {
            self.export(context, database, format).await
        });
        let rows = exported.await.map_err(|failure| self.kept(failure))?;
        match self.file() {
            Some(file) => context.output.report(&Exported { rows, file })?,
            None => context.output.remark(&format!("{} rows", count(rows))),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn file(&self) -> Option<&Path> {
        let file = self.out.as_deref().or(self.file.as_deref());
        file.filter(|file| file.as_os_str() != "-")
    }

    fn kept(&self, failure: Failure) -> Failure {
        match self.file() {
            Some(file) => failure.kept(format!("{} was not written", shown(file))),
            None => failure,
        }
    }

    fn format_of_output(&self) -> Result<InputFormat> {
        let by_name = self.file().map(InputFormat::of);
        match (self.format, by_name) {
            (Some(format), _) | (None, Some(Some(format))) => Ok(format),
            (None, None) => Ok(InputFormat::Csv),
            (None, Some(None)) => Err(Failure::usage("cannot tell the format by the file's name")
                .hint("give --format csv, tsv or ndjson")),
        }
    }

    async fn export(
        &self,
        context: &Context,
        database: &Database,
        format: InputFormat,
    ) -> Result<u64> {
        let sql = self.sql();
        let Some(path) = self.file() else {
            return self
                .write(context, database, sql, format, Sink::stdout())
                .await;
        };
        let file = PartialFile::create(path, self.force)?;
        let rows = self
            .write(context, database, sql, format, file.sink()?)
            .await?;
        file.finish(self.force)?;
        Ok(rows)
    }

    fn sql(&self) -> String {
        match (&self.table_name, &self.query) {
            (Some(table), _) => format!("SELECT * FROM {}", quoted(table)),
            (None, query) => query.clone().unwrap_or_default(),
        }
    }

    async fn write(
        &self,
        context: &Context,
        database: &Database,
        sql: String,
        format: InputFormat,
        sink: Sink,
    ) -> Result<u64> {
        let csv = |sink| CsvPrinter::new(sink, NullText(self.null.clone()), !self.no_header, false);
        let mut printer: Box<dyn Printer> = match format {
            InputFormat::Csv => Box::new(csv(sink)),
            InputFormat::Tsv => Box::new(csv(sink).delimiter(b'\t')),
            InputFormat::Ndjson => Box::new(LinePrinter::new(sink)),
        };
        let statement = rows::Statement {
            sql,
            params: Params::new(),
            params_again: Params::new(),
        };
        rows::print(context, database, statement, &mut *printer).await
    }
}

struct Exported<'e> {
    rows: u64,
    file: &'e Path,
}

impl Report for Exported<'_> {
    fn to_json(&self) -> Json {
        json!({ "rows": self.rows, "file": self.file.display().to_string() })
    }

    fn to_text(&self) -> String {
        format!("{} rows written to {}", count(self.rows), shown(self.file))
    }
}
