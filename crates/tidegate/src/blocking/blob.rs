//! Blobs as `std::io` reads and writes them.

use std::future::poll_fn;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncSeek, AsyncWrite};

use super::{Database, Transaction};
use crate::blob::io_error;
use crate::call::block_on;
use crate::core::refuse_reentry;
use crate::error::Result;

impl Database {
    /// Opens the blob in one column of one row, to be read in pieces. See
    /// [`blob_reader`](crate::Database::blob_reader).
    ///
    /// The handle's deadline and token concern the opening.
    ///
    /// # Errors
    /// As [`blob_reader`](crate::Database::blob_reader).
    pub fn blob_reader(
        &self,
        table: impl Into<String>,
        column: impl Into<String>,
        rowid: i64,
    ) -> Result<BlobReader> {
        let opened = self
            .limits
            .wait(self.inner.blob_reader(table, column, rowid));
        opened.map(|inner| BlobReader { inner })
    }
}

impl Transaction {
    /// Opens the blob in one column of one row, to be overwritten in pieces. See
    /// [`blob_writer`](crate::Transaction::blob_writer).
    ///
    /// The handle's deadline and token concern the opening.
    ///
    /// # Errors
    /// As [`blob_writer`](crate::Transaction::blob_writer).
    pub fn blob_writer(
        &mut self,
        table: impl Into<String>,
        column: impl Into<String>,
        rowid: i64,
    ) -> Result<BlobWriter<'_>> {
        let opening = self
            .inner
            .opening_blob_writer(table.into(), column.into(), rowid);
        let opened = self.limits.wait(opening)?;
        let inner = crate::BlobWriter::new(opened);
        Ok(BlobWriter { inner })
    }
}

/// The bytes of one blob, from [`Database::blob_reader`]. See [`crate::BlobReader`].
///
/// An error of the traits holds the crate's own [`Error`](crate::Error) inside.
///
/// ```
/// use std::io::{Read, Seek, SeekFrom};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let db = tidegate::blocking::Database::open_in_memory()?;
/// db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, content TEXT)", ())?;
/// db.execute("INSERT INTO notes VALUES (1, 'high tide at noon')", ())?;
///
/// let mut note = db.blob_reader("notes", "content", 1)?;
/// let mut rest = String::new();
/// note.seek(SeekFrom::End(-4))?;
/// note.read_to_string(&mut rest)?;
/// assert_eq!(rest, "noon");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct BlobReader {
    inner: crate::BlobReader,
}

impl BlobReader {
    /// The blob's size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.inner.size()
    }
}

impl Read for BlobReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        wait(|cx| Pin::new(&mut self.inner).poll_read(cx, into))
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        wait(|cx| Pin::new(&mut self.inner).poll_seek(cx, to))
    }
}

/// Overwrites one blob, from [`Transaction::blob_writer`]. See [`crate::BlobWriter`].
///
/// Bytes are gathered before they are written: end with [`finish`](Self::finish), or the last of them may be missing.
///
/// ```
/// use std::io::Write;
/// use tidegate::ZeroBlob;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let db = tidegate::blocking::Database::open_in_memory()?;
/// db.execute("CREATE TABLE files (id INTEGER PRIMARY KEY, content BLOB)", ())?;
///
/// let mut tx = db.begin()?;
/// tx.execute("INSERT INTO files VALUES (1, ?)", (ZeroBlob(5),))?;
/// let mut file = tx.blob_writer("files", "content", 1)?;
/// file.write_all(b"water")?;
/// file.finish()?;
/// tx.commit()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct BlobWriter<'t> {
    inner: crate::BlobWriter<'t>,
}

impl BlobWriter<'_> {
    /// The blob's size in bytes, which writing does not change.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.inner.size()
    }

    /// Waits until everything is written, and ends the borrow of the transaction. See
    /// [`finish`](crate::BlobWriter::finish).
    ///
    /// # Errors
    /// As [`finish`](crate::BlobWriter::finish).
    pub fn finish(self) -> Result<()> {
        refuse_reentry()?;
        block_on(self.inner.finish())
    }
}

impl Write for BlobWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        wait(|cx| Pin::new(&mut self.inner).poll_write(cx, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        wait(|cx| Pin::new(&mut self.inner).poll_flush(cx))
    }
}

impl Seek for BlobWriter<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        wait(|cx| Pin::new(&mut self.inner).poll_seek(cx, to))
    }
}

fn wait<T>(poll: impl FnMut(&mut Context<'_>) -> Poll<io::Result<T>>) -> io::Result<T> {
    refuse_reentry().map_err(io_error)?;
    block_on(poll_fn(poll))
}
