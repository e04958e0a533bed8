//! Records of comma- or tab-separated values.

use csv::{ByteRecord, Reader, ReaderBuilder, Trim};
use tidegate::Value;

use super::convert;
use super::reader::{Bad, Layout, Record, Records, Settings};
use super::source::{Position, Source};
use crate::failure::{Failure, Result};

/// A CSV file, record by record.
pub(super) struct CsvReader {
    reader: Reader<Source>,
    names: Option<Vec<String>>,
    /// Fields that a record must have.
    width: Option<usize>,
    record: ByteRecord,
    position: Position,
    file: String,
}

impl CsvReader {
    /// Opens a source and reads its header, if it has one.
    pub(super) fn open(source: Source, settings: &Settings, delimiter: u8) -> Result<Self> {
        let (position, file) = (source.position(), source.name().to_owned());
        let reader = ReaderBuilder::new()
            .delimiter(settings.delimiter.unwrap_or(delimiter))
            .has_headers(false)
            .flexible(true)
            .trim(Trim::None)
            .from_reader(source);
        let mut reader = Self {
            reader,
            names: None,
            width: None,
            record: ByteRecord::new(),
            position,
            file,
        };
        if settings.header {
            reader.read_header()?;
        }
        Ok(reader)
    }

    fn read_header(&mut self) -> Result<()> {
        let Some((line, record)) = self.next()? else {
            return Err(Failure::input(format!("{} is empty", self.file))
                .hint("the first line names the columns, unless --no-header is given"));
        };
        let failed = |bad: Bad| Failure::input(bad.problem).at(&self.file, line);
        let Record::Fields(names) = record.map_err(failed)? else {
            return Ok(());
        };
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        if names.iter().any(String::is_empty) {
            return Err(
                Failure::input("the header has a column without a name").at(&self.file, line)
            );
        }
        self.names = Some(names);
        Ok(())
    }

    fn fields(&mut self) -> Result<Record, String> {
        let width = *self.width.get_or_insert(self.record.len());
        if self.record.len() != width {
            let found = self.record.len();
            return Err(format!("{found} fields where {width} are expected"));
        }
        let texts = self.record.iter().enumerate().map(|(index, field)| {
            let text = std::str::from_utf8(field);
            text.map(str::to_owned).map_err(|_| {
                let name = self.names.as_ref().and_then(|names| names.get(index));
                let field =
                    name.map_or_else(|| (index + 1).to_string(), |name| format!("`{name}`"));
                format!("field {field} is not UTF-8")
            })
        });
        texts.collect::<Result<_, _>>().map(Record::Fields)
    }
}

impl Records for CsvReader {
    fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    fn next(&mut self) -> Result<Option<(u64, Result<Record, Bad>)>> {
        self.position.record_begins(self.reader.position().byte());
        let before = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => {
                return Err(Failure::input(error.to_string()).at(&self.file, before));
            }
        }
        let line = self.record.position().map_or(before, csv::Position::line);
        let record = self.fields().map_err(|problem| Bad { line, problem });
        Ok(Some((line, record)))
    }
}

/// The fields of a record as the values of a row.
pub(super) fn convert(
    fields: &[String],
    layout: &Layout,
    null: &str,
) -> Result<Vec<Value>, String> {
    if fields.len() != layout.columns.len() {
        return Err(format!(
            "{} fields where {} are expected",
            fields.len(),
            layout.columns.len()
        ));
    }
    let pairs = fields.iter().zip(&layout.columns);
    pairs
        .map(|(field, column)| {
            let value = convert::field(field, column, null);
            value.map_err(|problem| format!("column `{}`: {problem}", column.name))
        })
        .collect()
}
