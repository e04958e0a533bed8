//! A list of acknowledged ids that survives the process that wrote it being killed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

#[cfg(test)]
mod tests;

/// Length of an entry. It divides the size of a page, so that no entry crosses from one page to
/// the next, where a kill could cut it in two.
const ENTRY_BYTES: usize = 32;

/// The writing end of a ledger; may be shared by threads, and opened by several processes.
///
/// An entry is one `write` to an appending file: once [`note`](Self::note) has returned, it
/// survives `kill -9`. It is not synced and does not survive a power cut.
#[derive(Debug)]
pub struct Ledger {
    file: File,
}

impl Ledger {
    /// Opens a ledger to add to it, creating it where it does not exist.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Ledger {
            file: File::options().append(true).create(true).open(path)?,
        })
    }

    /// Adds an id.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note(&self, id: u64) -> io::Result<()> {
        let width = ENTRY_BYTES - 1;
        let entry = format!("{id:<width$}\n");
        (&self.file).write_all(entry.as_bytes())
    }
}

/// The ids of a ledger, in the order they were noted; none where the file does not exist yet.
///
/// # Errors
/// When the file cannot be read or is not a ledger.
pub fn read_ledger(path: impl AsRef<Path>) -> io::Result<Vec<u64>> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read?,
    };
    bytes.chunks_exact(ENTRY_BYTES).map(parse).collect()
}

fn parse(entry: &[u8]) -> io::Result<u64> {
    let id = str::from_utf8(entry)
        .ok()
        .and_then(|text| text.trim_end().parse().ok());
    id.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not an entry of a ledger"))
}
