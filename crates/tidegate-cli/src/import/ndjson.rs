//! Records of JSON objects, one on each line.

use std::io::{BufRead, BufReader};

use serde_json::{Map, Value as Json};
use tidegate::Value;

use super::convert;
use super::reader::{Bad, Layout, Record, Records};
use super::source::{Position, Source};
use crate::failure::{Failure, Result};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// An NDJSON file, line by line.
pub(super) struct LineReader {
    input: BufReader<Source>,
    buffer: Vec<u8>,
    line: u64,
    consumed: u64,
    position: Position,
    file: String,
}

impl LineReader {
    pub(super) fn new(source: Source) -> Self {
        Self {
            position: source.position(),
            file: source.name().to_owned(),
            input: BufReader::with_capacity(1 << 16, source),
            buffer: Vec::new(),
            line: 0,
            consumed: 0,
        }
    }

    /// The next line without its end; `false` at the end of the input.
    fn next_line(&mut self) -> Result<bool> {
        self.position.record_begins(self.consumed);
        self.buffer.clear();
        self.line += 1;
        let read = self.input.read_until(b'\n', &mut self.buffer);
        let read =
            read.map_err(|error| Failure::input(error.to_string()).at(&self.file, self.line))?;
        self.consumed += read as u64;
        Ok(read > 0)
    }

    fn parse(&self) -> Result<Record, String> {
        let text = match self.buffer.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if self.line == 1 => rest,
            _ => &self.buffer,
        };
        let text = std::str::from_utf8(text).map_err(|_| "the line is not UTF-8".to_owned())?;
        match serde_json::from_str(text) {
            Ok(Json::Object(members)) => Ok(Record::Members(members)),
            Ok(_) => Err("the line holds no JSON object".to_owned()),
            Err(error) => Err(format!("not JSON, at column {}", error.column())),
        }
    }
}

impl Records for LineReader {
    fn names(&self) -> Option<&[String]> {
        None
    }

    fn next(&mut self) -> Result<Option<(u64, Result<Record, Bad>)>> {
        while self.next_line()? {
            if self.buffer.trim_ascii().is_empty() {
                continue;
            }
            let line = self.line;
            let record = self.parse().map_err(|problem| Bad { line, problem });
            return Ok(Some((line, record)));
        }
        Ok(None)
    }
}

/// The members of an object as the values of a row; those that are not there are NULL.
pub(super) fn convert(members: &Map<String, Json>, layout: &Layout) -> Result<Vec<Value>, String> {
    let known = |name: &str| {
        layout
            .columns
            .iter()
            .any(|column| column.name.eq_ignore_ascii_case(name))
    };
    if let Some(stranger) = members.keys().find(|name| !known(name)) {
        return Err(format!("the table has no column `{stranger}`"));
    }
    let columns = layout.columns.iter();
    columns
        .map(|column| match member(members, &column.name) {
            Some(json) => convert::member(json, column)
                .map_err(|problem| format!("column `{}`: {problem}", column.name)),
            None => Ok(Value::Null),
        })
        .collect()
}

fn member<'m>(members: &'m Map<String, Json>, name: &str) -> Option<&'m Json> {
    let exact = members.get(name);
    exact.or_else(|| {
        let mut all = members.iter();
        all.find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, json)| json)
    })
}
