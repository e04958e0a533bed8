//! The file that rows come from, counted while it is read.

use std::fs::File;
use std::io::{self, Read, Stdin};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::failure::{Failure, Result};

/// A record larger than this is most likely a quote that is never closed.
const RECORD_BYTES_MAX: u64 = 64 << 20;

/// The forms of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum InputFormat {
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// One JSON object on each line
    Ndjson,
}

impl InputFormat {
    /// The form that a file's name tells.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }
}

/// How far the reading has come, in bytes; shared between the reader and whoever shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Position {
    read: Arc<AtomicU64>,
    record: Arc<AtomicU64>,
}

impl Position {
    pub(crate) fn bytes(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// A record begins at this byte.
    pub(super) fn record_begins(&self, at: u64) {
        self.record.store(at, Relaxed);
    }
}

/// A file, or standard input for `-`.
#[derive(Debug)]
pub(crate) struct Source {
    input: Input,
    name: String,
    len: Option<u64>,
    position: Position,
}

#[derive(Debug)]
enum Input {
    File(File),
    Stdin(Stdin),
}

impl Source {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        if name == "-" {
            return Ok(Self::new(Input::Stdin(io::stdin()), "standard input", None));
        }
        let cannot = |error: io::Error| Failure::io(format!("cannot read {name}"), &error);
        let file = File::open(path).map_err(cannot)?;
        let found = file.metadata().map_err(cannot)?;
        if found.is_dir() {
            return Err(Failure::input(format!("{name} is a directory")));
        }
        let len = found.is_file().then_some(found.len());
        Ok(Self::new(Input::File(file), &name, len))
    }

    fn new(input: Input, name: &str, len: Option<u64>) -> Self {
        Self {
            input,
            name: name.to_owned(),
            len,
            position: Position::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The size in bytes, where the source is a plain file.
    pub(crate) fn len(&self) -> Option<u64> {
        self.len
    }

    pub(crate) fn position(&self) -> Position {
        self.position.clone()
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let begun = self.position.record.load(Relaxed);
        if self.position.bytes().saturating_sub(begun) > RECORD_BYTES_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "a record is longer than {} MiB; is there a quote that is never closed?",
                    RECORD_BYTES_MAX >> 20
                ),
            ));
        }
        let read = match &mut self.input {
            Input::File(file) => file.read(buffer)?,
            Input::Stdin(stdin) => stdin.read(buffer)?,
        };
        self.position.read.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}
