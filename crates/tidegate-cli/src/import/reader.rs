//! Turns a source into batches of typed rows, by its format.

use tidegate::Value;

use super::column::Column;
use super::csv::CsvReader;
use super::infer;
use super::ndjson::LineReader;
use super::source::{InputFormat, Position, Source};
use crate::failure::{Failure, Result};

/// Rows that are inserted together up to this many …
const BATCH_ROWS: usize = 1_000;
/// … or up to this many bytes of input.
const BATCH_BYTES: u64 = 1 << 20;
/// The types of a new table's columns are told from so many rows.
const SAMPLE_ROWS: usize = 1_000;

/// How the input is to be read.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) format: InputFormat,
    pub(crate) delimiter: Option<u8>,
    /// Whether the first line of a CSV file names the columns.
    pub(crate) header: bool,
    /// The field that stands for NULL.
    pub(crate) null: String,
}

/// One record as it stands in the file.
#[derive(Debug)]
pub(super) enum Record {
    Fields(Vec<String>),
    Members(serde_json::Map<String, serde_json::Value>),
}

/// A record that is no row, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) line: u64,
    pub(crate) problem: String,
}

/// Records in the order of the file, each with its line.
pub(super) trait Records: Send {
    /// The names of the columns, where the file gives them beforehand.
    fn names(&self) -> Option<&[String]>;
    fn next(&mut self) -> Result<Option<(u64, Result<Record, Bad>)>>;
}

/// Some rows, ready to be inserted, and the bad ones among them.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) rows: Vec<Vec<Value>>,
    /// The line of each row.
    pub(crate) lines: Vec<u64>,
    pub(crate) bad: Vec<Bad>,
}

/// The file has been opened and its columns are known by name, where it names them.
pub(crate) struct RowReader {
    records: Box<dyn Records>,
    /// Read to learn the columns of a new table, and still to be given out.
    sample: std::collections::VecDeque<(u64, Result<Record, Bad>)>,
    position: Position,
    settings: Settings,
}

/// The table's columns that the input fills, in the input's order.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) columns: Vec<Column>,
}

/// Opens a source in its format.
pub(crate) fn open(source: Source, settings: Settings) -> Result<RowReader> {
    let position = source.position();
    let records: Box<dyn Records> = match settings.format {
        InputFormat::Csv => Box::new(CsvReader::open(source, &settings, b',')?),
        InputFormat::Tsv => Box::new(CsvReader::open(source, &settings, b'\t')?),
        InputFormat::Ndjson => Box::new(LineReader::new(source)),
    };
    Ok(RowReader {
        records,
        sample: std::collections::VecDeque::new(),
        position,
        settings,
    })
}

impl RowReader {
    /// The columns that the input itself suggests for a table that does not exist yet.
    pub(crate) fn suggest_columns(&mut self) -> Result<Vec<Column>> {
        while self.sample.len() < SAMPLE_ROWS {
            match self.records.next()? {
                Some(record) => self.sample.push_back(record),
                None => break,
            }
        }
        let good = self
            .sample
            .iter()
            .filter_map(|(_, record)| record.as_ref().ok());
        let columns = infer::columns(self.records.names(), good, &self.settings.null);
        match columns.is_empty() {
            true => Err(Failure::input("the input names no columns")),
            false => Ok(columns),
        }
    }

    /// Which of the table's columns the input fills.
    pub(crate) fn layout(&self, table: &str, columns: Vec<Column>) -> Result<Layout> {
        let Some(names) = self.records.names() else {
            return Ok(Layout { columns });
        };
        let mut filled: Vec<Column> = Vec::with_capacity(names.len());
        for name in names {
            let column = columns
                .iter()
                .find(|column| column.name.eq_ignore_ascii_case(name));
            let column = column.ok_or_else(|| no_such_column(table, name, &columns))?;
            if filled.contains(column) {
                return Err(Failure::input(format!(
                    "the header names the column `{name}` twice"
                )));
            }
            filled.push(column.clone());
        }
        Ok(Layout { columns: filled })
    }

    /// The next rows; `None` at the end of the input.
    pub(crate) fn next_batch(&mut self, layout: &Layout) -> Result<Option<Batch>> {
        let mut batch = Batch::default();
        let begun = self.position.bytes();
        while batch.rows.len() + batch.bad.len() < BATCH_ROWS {
            let Some((line, record)) = self.next_record()? else {
                break;
            };
            match record.and_then(|record| self.convert(line, record, layout)) {
                Ok(row) => {
                    batch.rows.push(row);
                    batch.lines.push(line);
                }
                Err(bad) => batch.bad.push(bad),
            }
            if self.position.bytes() - begun > BATCH_BYTES {
                break;
            }
        }
        let is_empty = batch.rows.is_empty() && batch.bad.is_empty();
        Ok((!is_empty).then_some(batch))
    }

    fn next_record(&mut self) -> Result<Option<(u64, Result<Record, Bad>)>> {
        match self.sample.pop_front() {
            Some(record) => Ok(Some(record)),
            None => self.records.next(),
        }
    }

    fn convert(&self, line: u64, record: Record, layout: &Layout) -> Result<Vec<Value>, Bad> {
        let row = match record {
            Record::Fields(fields) => super::csv::convert(&fields, layout, &self.settings.null),
            Record::Members(members) => super::ndjson::convert(&members, layout),
        };
        row.map_err(|problem| Bad { line, problem })
    }
}

fn no_such_column(table: &str, name: &str, columns: &[Column]) -> Failure {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    Failure::input(format!("the table `{table}` has no column `{name}`"))
        .hint(format!("its columns are {}", names.join(", ")))
}
