//! Rows as comma-separated values (RFC 4180, lines end with a line feed).

use std::borrow::Cow;

use csv::{ByteRecord, Writer, WriterBuilder};
use tidegate::Value;

use super::{Printer, Sink, escape, table};
use crate::failure::{Failure, Result};

/// What stands for NULL.
#[derive(Clone, Debug, Default)]
pub(crate) struct NullText(pub(crate) String);

/// Prints a header and rows.
pub(crate) struct CsvPrinter {
    sink: Sink,
    null: NullText,
    header: bool,
    /// Control characters are shown instead of sent: somebody looks at it.
    for_eyes: bool,
    delimiter: u8,
}

impl CsvPrinter {
    pub(crate) fn new(sink: Sink, null: NullText, header: bool, for_eyes: bool) -> Self {
        Self {
            sink,
            null,
            header,
            for_eyes,
            delimiter: b',',
        }
    }

    pub(crate) fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    fn record<'f>(&mut self, fields: impl Iterator<Item = Cow<'f, [u8]>>) -> Result<()> {
        let record: ByteRecord = match self.for_eyes {
            true => fields.map(harmless).collect(),
            false => fields.collect(),
        };
        let mut line: Writer<Vec<u8>> = WriterBuilder::new()
            .delimiter(self.delimiter)
            .from_writer(Vec::new());
        let written = line.write_byte_record(&record);
        written.map_err(|error| Failure::input(error.to_string()))?;
        let bytes = line
            .into_inner()
            .map_err(|error| Failure::input(error.to_string()))?;
        self.sink.raw(&bytes)
    }
}

impl Printer for CsvPrinter {
    fn columns(&mut self, names: &[String]) -> Result<()> {
        match self.header {
            true => self.record(names.iter().map(|name| Cow::Borrowed(name.as_bytes()))),
            false => Ok(()),
        }
    }

    fn row(&mut self, values: &[Value]) -> Result<()> {
        let null = std::mem::take(&mut self.null.0);
        let written = self.record(values.iter().map(|value| field(value, &null)));
        self.null.0 = null;
        written
    }

    fn finish(&mut self) -> Result<()> {
        self.sink.finish()
    }
}

fn field<'v>(value: &'v Value, null: &'v str) -> Cow<'v, [u8]> {
    match value {
        Value::Null => Cow::Borrowed(null.as_bytes()),
        Value::Integer(integer) => Cow::Owned(integer.to_string().into_bytes()),
        Value::Real(real) => Cow::Owned(table::real_text(*real).into_bytes()),
        Value::Text(text) => Cow::Borrowed(text.as_bytes()),
        Value::Blob(bytes) => Cow::Owned(hex(bytes)),
    }
}

/// `\x` and two digits a byte, which `import` reads back.
fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Vec::with_capacity(2 + 2 * bytes.len());
    text.extend_from_slice(b"\\x");
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

fn harmless(field: Cow<'_, [u8]>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&field);
    escape::line(&text).into_owned().into_bytes()
}
