//! Reading and writing a blob in pieces, without ever holding it whole.

mod exchange;
mod job;
mod place;
mod reader;
mod seek;
#[cfg(feature = "tokio")]
mod tokio;
mod writer;

use std::io;

use crate::call::{Call, Route};
use crate::core::Target;
use crate::database::Database;
use crate::error::{Error, ErrorKind};
use crate::job::Mode;
use crate::step::Step;
use crate::sync::Arc;
use crate::transaction::Transaction;

pub use reader::BlobReader;
pub use writer::BlobWriter;

pub(crate) use job::Opened;
use job::{BlobJob, Purpose};
use place::Place;

impl Database {
    /// Opens the blob (or text) in one column of one row, to be read in pieces of any size.
    ///
    /// The reader that it holds, in a snapshot of its own, reads up to a megabyte at a time as the bytes are asked for:
    /// writes by others meanwhile do not show. It is held until the [`BlobReader`] is dropped or reaches
    /// [`Options::snapshot_max_age`](crate::Options::snapshot_max_age).
    ///
    /// A database in memory has only one connection, which a slow consumer must not hold: there the bytes are copied
    /// when the blob is opened.
    ///
    /// ```
    /// # async fn f(db: tidegate::Database) -> tidegate::Result<()> {
    /// let mut picture = db.blob_reader("pictures", "content", 7).await?;
    /// let mut piece = [0; 4096];
    /// while picture.position() < picture.size() {
    ///     let length = picture.read(&mut piece).await?;
    ///     println!("{:?}", &piece[..length]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NoRows`](ErrorKind::NoRows) if there is no row with this row id, [`Query`](ErrorKind::Query) if there is no
    /// such table or column, [`Conversion`](ErrorKind::Conversion) if the column holds NULL or a number,
    /// [`Misuse`](ErrorKind::Misuse) for a view, a virtual table or one without row ids, and what every call can answer.
    ///
    /// # Cancel safety
    /// Dropping the future leaves nothing open.
    pub fn blob_reader(
        &self,
        table: impl Into<String>,
        column: impl Into<String>,
        rowid: i64,
    ) -> Call<BlobReader> {
        let place = Place::new(table.into(), column.into(), rowid);
        if self.options().is_memory() {
            return self.read_job(Mode::Read, move |engine| {
                place.read_whole(engine).map(BlobReader::whole)
            });
        }
        let purpose = Purpose::Read {
            max_age: self.options().snapshot_max_age,
        };
        let handle = self.handle().clone();
        let job = BlobJob::new(place, purpose, move |opened| {
            BlobReader::served(opened, handle)
        });
        Call::of_job(self.route(Target::Reader), Arc::new(job))
    }
}

impl Transaction {
    /// Opens the blob (or text) in one column of one row, to be overwritten in pieces of any size.
    ///
    /// Its size is fixed: make room beforehand, for instance by inserting a [`ZeroBlob`](crate::ZeroBlob). The writer
    /// has the transaction's connection to itself, and so borrows the transaction until it is dropped. What it wrote is
    /// part of the transaction. One that is idle for longer than
    /// [`Options::transaction_idle_limit`](crate::Options::transaction_idle_limit) is rolled back with its transaction.
    ///
    /// ```
    /// use tidegate::ZeroBlob;
    ///
    /// # async fn f(db: tidegate::Database, bytes: Vec<u8>) -> tidegate::Result<()> {
    /// let mut tx = db.begin().await?;
    /// let size = bytes.len() as u64;
    /// let insert = "INSERT INTO pictures (content) VALUES (?) RETURNING id";
    /// let id: i64 = tx.query_scalar(insert, (ZeroBlob(size),)).await?;
    /// let mut picture = tx.blob_writer("pictures", "content", id).await?;
    /// picture.write_all(&bytes).await?;
    /// picture.finish().await?;
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Database::blob_reader`]; also [`Misuse`](ErrorKind::Misuse) if the column belongs to an index or a foreign
    /// key, and the reason if the transaction has ended.
    ///
    /// # Cancel safety
    /// Dropping the future before it is ready rolls the transaction back, as it does for
    /// [`execute`](Self::execute).
    pub fn blob_writer(
        &mut self,
        table: impl Into<String>,
        column: impl Into<String>,
        rowid: i64,
    ) -> Step<&mut Self, Opened, BlobWriter<'_>> {
        let opening = self.opening_blob_writer(table.into(), column.into(), rowid);
        Step::new(
            opening,
            self,
            |_| (),
            |_, opened| opened.map(BlobWriter::new),
        )
    }

    pub(crate) fn opening_blob_writer(
        &self,
        table: String,
        column: String,
        rowid: i64,
    ) -> Call<Opened> {
        let place = Place::new(table, column, rowid);
        let route = self.session().route();
        let (Route::Session(handle, _) | Route::Core(handle, _)) = &route;
        let purpose = Purpose::Write {
            idle_limit: handle.core().options.transaction_idle_limit,
        };
        let job = BlobJob::new(place, purpose, |opened| opened);
        Call::of_job(route, Arc::new(job))
    }
}

/// The error as the traits of asynchronous I/O want it; the original is inside.
pub(crate) fn io_error(error: Error) -> io::Error {
    let kind = match error.kind() {
        ErrorKind::Deadline => io::ErrorKind::TimedOut,
        ErrorKind::Closed => io::ErrorKind::BrokenPipe,
        ErrorKind::DiskFull => io::ErrorKind::StorageFull,
        ErrorKind::TooBig => io::ErrorKind::WriteZero,
        ErrorKind::Misuse => io::ErrorKind::InvalidInput,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
