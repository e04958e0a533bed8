//! `import`: the rows of a file into a table.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use serde_json::{Value as Json, json};
use tidegate::Database;
use tokio::sync::mpsc;

use super::{bad_news, shown};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::import::{
    Bad, Batch, Column, Conflict, InputFormat, Insert, Layout, RowReader, Settings, Source,
    columns_of, create_table,
};
use crate::names;
use crate::open::{self, Purpose, using_with};
use crate::output::{Progress, Report, count, escape, rate, yellow};

/// Batches that are read ahead of the writer.
const BATCHES_AHEAD: usize = 4;
/// So many refused rows are listed.
const BAD_SHOWN: usize = 20;

const DETAILS: &str = "\
A field becomes a value of its column's declared type; one that is no such value is an error with its line.
Everything is one transaction: after any error, nothing was imported. With --keep-good, batches of rows are
committed as they come, bad rows are left out and listed, and the exit code is 1 if there were any.

CSV: the empty field is NULL (for a TEXT NOT NULL column: the empty text); \\x00ff is a blob in a BLOB column.
NDJSON: a member that is missing is NULL; {\"$base64\": \"…\"} is a blob; arrays and objects become JSON text.

JSON: {\"table\", \"created\", \"rows\", \"skipped\", \"refused\": [{\"line\", \"problem\"}], \"seconds\"}.";

/// Load a CSV or NDJSON file into a table, all of it or nothing
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Import {
    /// The database file
    db: PathBuf,

    /// The table
    table: String,

    /// The file: .csv, .tsv or .ndjson; `-` reads standard input
    file: PathBuf,

    /// Make the table if it is not there, with types told from the first rows (and the database file, too)
    #[arg(long)]
    create: bool,

    /// Commit as rows come, and leave bad rows out
    #[arg(long)]
    keep_good: bool,

    /// What to do with a row whose key is there already
    #[arg(long, value_name = "WHAT", default_value = "refuse")]
    on_conflict: Conflict,

    /// The form of the file [default: by its name]
    #[arg(long)]
    format: Option<InputFormat>,

    /// The field that stands for NULL [default: the empty field]
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    null: String,

    /// What stands between the fields of a CSV file
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,

    /// The first line is a row already: fields belong to the table's columns in order
    #[arg(long)]
    no_header: bool,
}

impl Import {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let settings = self.settings()?;
        let source = Source::open(&self.file)?;
        let purpose = if self.create {
            Purpose::Create
        } else {
            Purpose::Write
        };
        let was_there = self.db.exists();
        let options = open::options(context, &self.db, purpose)?;
        let imported = using_with(context, options, async |database| {
            import_source(context, database, self, source, settings).await
        });
        let done = imported.await.map_err(|failure| {
            self.remove_if_new(was_there);
            failure.or_kept("nothing was imported")
        })?;
        context.output.report(&done)?;
        Ok(match done.bad.is_empty() {
            true => ExitCode::SUCCESS,
            false => bad_news(),
        })
    }

    fn settings(&self) -> Result<Settings> {
        let format = self.format.or_else(|| InputFormat::of(&self.file));
        let format = format.ok_or_else(|| {
            Failure::usage(format!("cannot tell the format of {}", shown(&self.file)))
                .hint("give --format csv, tsv or ndjson")
        })?;
        Ok(Settings {
            format,
            delimiter: self.delimiter,
            header: !self.no_header,
            null: self.null.clone(),
        })
    }

    /// A database that was made for an import that failed has nothing in it.
    fn remove_if_new(&self, was_there: bool) {
        if !was_there && !self.keep_good {
            // What is left, if it cannot be removed, is an empty database.
            let _ = std::fs::remove_file(&self.db);
        }
    }
}

/// Imports a source that has been opened.
async fn import_source(
    context: &Context,
    database: &Database,
    args: &Import,
    source: Source,
    settings: Settings,
) -> Result<Imported> {
    let begun = Instant::now();
    let (name, len, position) = (source.name().to_owned(), source.len(), source.position());
    let opened = context.blocking(move || crate::import::open(source, settings));
    let (layout, created, reader) = prepare(context, database, args, opened.await?).await?;
    let mut insert = begin(context, database, args, &layout, created.as_deref(), &name).await?;
    let progress = Progress::new(context.output, "importing", len, true);
    let mut batches = read_ahead(reader, layout);
    let outcome = loop {
        match next(context, &mut batches).await {
            Ok(None) => break Ok(()),
            Ok(Some(batch)) => {
                if let Err(failure) = insert.batch(batch).await {
                    break Err(failure);
                }
                progress.set(position.bytes());
            }
            Err(failure) => break Err(failure),
        }
    };
    let rows = insert.rows;
    let finished = match outcome {
        Ok(()) => insert.finish().await,
        Err(failure) => Err(failure),
    };
    drop(progress);
    let (rows, skipped, bad) = finished.map_err(|failure| kept(failure, args, rows))?;
    Ok(Imported {
        table: args.table.clone(),
        created: created.is_some(),
        rows,
        skipped,
        bad,
        took: begun.elapsed(),
    })
}

fn kept(failure: Failure, args: &Import, rows: u64) -> Failure {
    match args.keep_good {
        true => failure.nothing_kept(&format!("{} rows were imported before", count(rows))),
        false => failure.nothing_kept("nothing was imported"),
    }
}

/// Finds or designs the table. Gives the statement that makes it, where it is not there.
async fn prepare(
    context: &Context,
    database: &Database,
    args: &Import,
    mut reader: RowReader,
) -> Result<(Layout, Option<String>, RowReader)> {
    let table = args.table.clone();
    let found = context
        .call(database.read(move |tx| columns_of(tx, &table)))
        .await?;
    if !found.is_empty() {
        let layout = reader.layout(&args.table, found)?;
        return Ok((layout, None, reader));
    }
    if !args.create {
        return Err(no_such_table(context, database, &args.table).await);
    }
    let sampled = move || reader.suggest_columns().map(|columns| (columns, reader));
    let (columns, reader): (Vec<Column>, RowReader) = context.blocking(sampled).await?;
    let sql = create_table(&args.table, &columns);
    Ok((Layout { columns }, Some(sql), reader))
}

async fn no_such_table(context: &Context, database: &Database, table: &str) -> Failure {
    let tables = names::tables(context, database).await;
    let failure = Failure::input(format!("there is no table `{table}`"));
    match tables.is_empty() {
        true => failure.hint("give --create to make it from the file's first rows"),
        false => failure.hint(format!(
            "there are {}; or give --create to make it from the file's first rows",
            tables.join(", ")
        )),
    }
}

async fn begin<'c>(
    context: &'c Context,
    database: &Database,
    args: &Import,
    layout: &Layout,
    create: Option<&str>,
    name: &str,
) -> Result<Insert<'c>> {
    let conflict = args.on_conflict;
    if args.keep_good {
        if let Some(sql) = create {
            context.call(database.execute(sql.to_owned(), ())).await?;
        }
        let database = database.clone();
        return Ok(Insert::keep_good(
            context,
            database,
            &args.table,
            layout,
            conflict,
            name,
        ));
    }
    let begun = context.limit_begin(database.begin()).await;
    let transaction = begun.map_err(|error| context.failed(error))?;
    if let Some(sql) = create {
        context
            .call(transaction.execute(sql.to_owned(), ()))
            .await?;
    }
    Ok(Insert::whole(
        context,
        transaction,
        &args.table,
        layout,
        conflict,
        name,
    ))
}

type Batches = mpsc::Receiver<Result<Batch>>;

/// Reads the file on a thread of its own, a few batches ahead.
fn read_ahead(mut reader: RowReader, layout: Layout) -> Batches {
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    tokio::task::spawn_blocking(move || {
        while let Some(batch) = reader.next_batch(&layout).transpose() {
            let failed = batch.is_err();
            if sender.blocking_send(batch).is_err() || failed {
                return;
            }
        }
    });
    receiver
}

async fn next(context: &Context, batches: &mut Batches) -> Result<Option<Batch>> {
    context
        .guard(async { batches.recv().await.transpose() })
        .await
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err("must be one ASCII character that is no quote; \\t stands for a tab".to_owned()),
    }
}

/// What was imported.
pub(crate) struct Imported {
    table: String,
    created: bool,
    rows: u64,
    skipped: u64,
    bad: Vec<Bad>,
    took: std::time::Duration,
}

impl Report for Imported {
    fn to_json(&self) -> Json {
        let refused = self
            .bad
            .iter()
            .map(|bad| json!({ "line": bad.line, "problem": bad.problem }));
        json!({
            "table": self.table,
            "created": self.created,
            "rows": self.rows,
            "skipped": self.skipped,
            "refused": refused.collect::<Vec<_>>(),
            "seconds": self.took.as_secs_f64(),
        })
    }

    fn to_text(&self) -> String {
        let into = if self.created {
            "the new table"
        } else {
            "the table"
        };
        let mut text = format!(
            "{} rows imported into {into} `{}` ({:.2} s, {} rows/s)",
            count(self.rows),
            escape::line(&self.table),
            self.took.as_secs_f64(),
            count(rate(self.rows, self.took) as u64)
        );
        if self.skipped > 0 {
            text += &format!("\n{} rows were there already", count(self.skipped));
        }
        if !self.bad.is_empty() {
            let refused = format!("{} rows were refused", count(self.bad.len() as u64));
            text += &format!("\n{}", yellow(refused));
        }
        for bad in self.bad.iter().take(BAD_SHOWN) {
            text += &format!("\n  line {}: {}", bad.line, escape::line(&bad.problem));
        }
        if self.bad.len() > BAD_SHOWN {
            text += &format!(
                "\n  … and {} more (--json lists all)",
                count((self.bad.len() - BAD_SHOWN) as u64)
            );
        }
        text
    }

    fn is_mere_news(&self) -> bool {
        self.bad.is_empty()
    }
}

/// Imports a CSV file for the demonstration.
pub(crate) async fn demonstrate(
    context: &Context,
    database: &Database,
    table: &str,
    file: &Path,
) -> Result<u64> {
    let args = Import {
        db: PathBuf::new(),
        table: table.to_owned(),
        file: file.to_owned(),
        create: false,
        keep_good: false,
        on_conflict: Conflict::Refuse,
        format: Some(InputFormat::Csv),
        null: String::new(),
        delimiter: None,
        no_header: false,
    };
    let settings = args.settings()?;
    let source = Source::open(file)?;
    let done = import_source(context, database, &args, source, settings).await?;
    Ok(done.rows)
}
