//! Positions in a blob.

use std::io::{self, SeekFrom};

/// The position that `to` means; it may lie past the end.
pub(super) fn resolve(to: SeekFrom, position: u64, size: u64) -> io::Result<u64> {
    let resolved = match to {
        SeekFrom::Start(from_start) => Some(from_start),
        SeekFrom::End(offset) => size.checked_add_signed(offset),
        SeekFrom::Current(offset) => position.checked_add_signed(offset),
    };
    resolved.ok_or_else(|| {
        let message = "a position before the start of the blob, or too large";
        io::Error::new(io::ErrorKind::InvalidInput, message)
    })
}

#[cfg(test)]
mod tests;
