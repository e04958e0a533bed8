//! `stats`: what is in a database file, and how large it is.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};
use tidegate::{ReadTx, Value};

use super::restore::companion;
use super::shown;
use crate::context::Context;
use crate::failure::Result;
use crate::names::quoted;
use crate::open::{Purpose, using};
use crate::output::{Report, Section, bytes, count, escape, grid};

const DETAILS: &str = "\
JSON: {\"file\", \"bytes\", \"wal_bytes\", \"page_size\", \"pages\", \"free_pages\", \"journal_mode\", \"encoding\",
\"user_version\", \"application_id\", \"sqlite_version\", \"tables\": [{\"name\", \"rows\", \"bytes\", \"index_bytes\"}],
\"driver\": what the driver counted in this run}.";

/// Tell what is in a database and how large it is
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Stats {
    /// The database file
    db: PathBuf,
}

impl Stats {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let size = |path: PathBuf| std::fs::metadata(path).map_or(0, |found| found.len());
        let (file_bytes, wal_bytes) = (size(self.db.clone()), size(companion(&self.db, "-wal")));
        let read = using(context, &self.db, Purpose::Read, async |database| {
            let contents = context.call(database.read(Contents::read)).await?;
            Ok((contents, database.stats()))
        });
        let (contents, driver) = read.await?;
        context.output.report(&Found {
            file: shown(&self.db),
            file_bytes,
            wal_bytes,
            contents,
            driver,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What the database says about itself.
struct Contents {
    page_size: u64,
    pages: u64,
    free_pages: u64,
    journal_mode: String,
    encoding: String,
    user_version: i64,
    application_id: i64,
    sqlite_version: String,
    tables: Vec<Table>,
}

struct Table {
    name: String,
    rows: u64,
    /// Unknown where SQLite was built without the table `dbstat`.
    bytes: Option<u64>,
    index_bytes: Option<u64>,
}

impl Contents {
    fn read(tx: &mut ReadTx<'_>) -> tidegate::Result<Self> {
        let names: Vec<String> = tx.query(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
            (),
        )?;
        let tables = names.into_iter().map(|name| Table::read(tx, name));
        Ok(Self {
            tables: tables.collect::<tidegate::Result<_>>()?,
            page_size: tx.query_scalar("PRAGMA page_size", ())?,
            pages: tx.query_scalar("PRAGMA page_count", ())?,
            free_pages: tx.query_scalar("PRAGMA freelist_count", ())?,
            journal_mode: tx.query_scalar("PRAGMA journal_mode", ())?,
            encoding: tx.query_scalar("PRAGMA encoding", ())?,
            user_version: tx.query_scalar("PRAGMA user_version", ())?,
            application_id: tx.query_scalar("PRAGMA application_id", ())?,
            sqlite_version: tx.query_scalar("SELECT sqlite_version()", ())?,
        })
    }
}

impl Table {
    fn read(tx: &mut ReadTx<'_>, name: String) -> tidegate::Result<Self> {
        let rows = tx.query_scalar(&format!("SELECT count(*) FROM {}", quoted(&name)), ())?;
        let size = "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name = ?1";
        let of_indexes = "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN
            (SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1)";
        let bytes: Option<u64> = tx.query_scalar(size, (name.as_str(),)).unwrap_or_default();
        let index_bytes: Option<u64> = match bytes {
            Some(_) => tx
                .query_scalar(of_indexes, (name.as_str(),))
                .unwrap_or_default(),
            None => None,
        };
        Ok(Self {
            rows,
            index_bytes: index_bytes.or(bytes.map(|_| 0)),
            bytes,
            name,
        })
    }
}

struct Found {
    file: String,
    file_bytes: u64,
    wal_bytes: u64,
    contents: Contents,
    driver: tidegate::Stats,
}

impl Report for Found {
    fn to_json(&self) -> Json {
        let contents = &self.contents;
        let tables = contents.tables.iter().map(|table| {
            json!({
                "name": table.name,
                "rows": table.rows,
                "bytes": table.bytes,
                "index_bytes": table.index_bytes,
            })
        });
        json!({
            "file": self.file,
            "bytes": self.file_bytes,
            "wal_bytes": self.wal_bytes,
            "page_size": contents.page_size,
            "pages": contents.pages,
            "free_pages": contents.free_pages,
            "journal_mode": contents.journal_mode,
            "encoding": contents.encoding,
            "user_version": contents.user_version,
            "application_id": contents.application_id,
            "sqlite_version": contents.sqlite_version,
            "tables": tables.collect::<Vec<_>>(),
            "driver": self.driver,
        })
    }

    fn to_text(&self) -> String {
        let contents = &self.contents;
        let section = Section::new(&self.file)
            .line("size", bytes(self.file_bytes))
            .line("write-ahead log", bytes(self.wal_bytes))
            .line(
                "pages",
                format!(
                    "{} of {}, {} free",
                    count(contents.pages),
                    bytes(contents.page_size),
                    count(contents.free_pages)
                ),
            )
            .line("journal mode", &contents.journal_mode)
            .line("encoding", &contents.encoding)
            .line("user version", contents.user_version.to_string())
            .line("SQLite", &contents.sqlite_version);
        if contents.tables.is_empty() {
            return format!("{section}\n\nThere are no tables.");
        }
        let size = |bytes_or_none: Option<u64>| bytes_or_none.map_or_else(String::new, bytes);
        let rows = contents.tables.iter().map(|table| {
            let name = escape::line(&table.name).into_owned();
            vec![
                name,
                count(table.rows),
                size(table.bytes),
                size(table.index_bytes),
            ]
        });
        let table = grid(
            &["table", "rows", "size", "indexes"],
            "<>>>",
            rows.collect(),
        );
        format!("{section}\n\n{table}")
    }

    fn to_csv(&self) -> Option<(Vec<&'static str>, Vec<Vec<Value>>)> {
        let rows = self.contents.tables.iter().map(|table| {
            let number =
                |number: Option<u64>| Value::from(number.and_then(|n| i64::try_from(n).ok()));
            vec![
                Value::from(table.name.as_str()),
                number(Some(table.rows)),
                number(table.bytes),
                number(table.index_bytes),
            ]
        });
        Some((
            vec!["table", "rows", "bytes", "index_bytes"],
            rows.collect(),
        ))
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
