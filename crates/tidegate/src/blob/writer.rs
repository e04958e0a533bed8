//! The writing end of a blob.

use std::fmt;
use std::io::{self, SeekFrom};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::{AsyncSeek, AsyncWrite};

use super::exchange::{Order, OrderingEnd};
use super::io_error;
use super::job::Opened;
use super::seek::resolve;
use crate::error::{Error, ErrorKind, Result};
use crate::transaction::Transaction;

/// So many bytes are gathered before they are handed over.
const PIECE: usize = 64 << 10;

/// Overwrites one blob, from [`Transaction::blob_writer`].
///
/// It implements `AsyncWrite` and `AsyncSeek` of `futures-io`, and with the feature `tokio` those of Tokio. An error of
/// theirs holds the crate's own [`Error`] inside. A write that would reach past the end is refused whole.
///
/// Bytes are gathered: what was written is certainly part of the transaction only after
/// [`finish`](Self::finish), a flush or a close. Dropping the writer without one of these loses up to 64 KiB.
///
/// # Cancel safety
/// Dropping a pending write, flush or close loses nothing that was accepted, and breaks nothing: call it again.
pub struct BlobWriter<'t> {
    exchange: OrderingEnd,
    size: u64,
    position: u64,
    /// Accepted and not handed over; they end where the last write ended.
    gathered: Vec<u8>,
    gathered_at: u64,
    /// An order was not answered yet.
    ordered: bool,
    closed: bool,
    transaction: PhantomData<&'t mut Transaction>,
}

impl BlobWriter<'_> {
    pub(crate) fn new(opened: Opened) -> Self {
        Self {
            exchange: opened.exchange,
            size: opened.size as u64,
            position: 0,
            gathered: Vec::new(),
            gathered_at: 0,
            ordered: false,
            closed: false,
            transaction: PhantomData,
        }
    }

    /// The blob's size in bytes, which writing does not change.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where the next write begins, in bytes from the start.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Moves to a position counted from the start.
    pub fn seek_to(&mut self, position: u64) {
        self.position = position;
    }

    /// Writes all of `bytes` at the position, and moves it.
    ///
    /// # Errors
    /// [`TooBig`](ErrorKind::TooBig) if they would reach past the end, and then nothing is written;
    /// [`Misuse`](ErrorKind::Misuse) after a close; the reason if the transaction has ended; and what SQLite reports
    /// of an earlier write.
    ///
    /// # Cancel safety
    /// Dropping the future: a part of `bytes` may have been accepted, up to [`position`](Self::position).
    pub async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.check(bytes.len())?;
        let mut rest = bytes;
        while !rest.is_empty() {
            let accepted = std::future::poll_fn(|cx| self.poll_accept(cx, rest)).await?;
            rest = &rest[accepted..];
        }
        Ok(())
    }

    /// Waits until everything is written, and ends the borrow of the transaction.
    ///
    /// # Errors
    /// As [`write_all`](Self::write_all).
    ///
    /// # Cancel safety
    /// Dropping the future may lose bytes that were gathered.
    pub async fn finish(mut self) -> Result<()> {
        std::future::poll_fn(|cx| self.poll_written(cx)).await
    }

    pub(super) fn move_to(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = resolve(to, self.position, self.size)?;
        Ok(self.position)
    }

    fn check(&self, len: usize) -> Result<()> {
        if self.closed {
            return Err(Error::misuse("the blob was closed"));
        }
        let end = self.position.saturating_add(len as u64);
        if len > 0 && end > self.size {
            return Err(Error::new(
                ErrorKind::TooBig,
                format!(
                    "a write up to byte {end} does not fit the blob, whose {} bytes are fixed",
                    self.size
                ),
            ));
        }
        Ok(())
    }

    /// Accepts some of the bytes.
    pub(super) fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.check(bytes.len())?;
        let follows = self.gathered_at + self.gathered.len() as u64 == self.position;
        if self.gathered.len() >= PIECE || !(follows || self.gathered.is_empty()) {
            ready!(self.poll_hand_over(cx))?;
        }
        if self.gathered.is_empty() {
            self.gathered_at = self.position;
        }
        let len = bytes.len().min(PIECE - self.gathered.len());
        self.gathered.extend_from_slice(&bytes[..len]);
        self.position += len as u64;
        Poll::Ready(Ok(len))
    }

    /// Orders what is gathered to be written, once the order before it is done.
    fn poll_hand_over(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let buffer = ready!(self.poll_done(cx))?;
        if !self.gathered.is_empty() {
            self.exchange.order(Order::Write {
                at: usize::try_from(self.gathered_at).unwrap_or(usize::MAX),
                bytes: std::mem::replace(&mut self.gathered, buffer),
            });
            self.ordered = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Waits for the order that is out, and gives its buffer back.
    fn poll_done(&mut self, cx: &mut Context<'_>) -> Poll<Result<Vec<u8>>> {
        if !self.ordered {
            return Poll::Ready(Ok(Vec::new()));
        }
        let buffer = ready!(self.exchange.poll_answer(cx))?;
        self.ordered = false;
        Poll::Ready(Ok(buffer))
    }

    /// Waits until everything that was accepted is in the transaction.
    pub(super) fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_hand_over(cx))?;
        self.poll_done(cx).map_ok(drop)
    }

    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if !self.closed {
            ready!(self.poll_written(cx))?;
            self.closed = true;
            self.exchange.finish();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for BlobWriter<'_> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_accept(cx, bytes).map_err(io_error)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_written(cx).map_err(io_error)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_end(cx).map_err(io_error)
    }
}

impl AsyncSeek for BlobWriter<'_> {
    fn poll_seek(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        to: SeekFrom,
    ) -> Poll<io::Result<u64>> {
        Poll::Ready(self.move_to(to))
    }
}

/// The transaction is borrowed to here, and not only to the last use: its connection is not free before.
impl Drop for BlobWriter<'_> {
    fn drop(&mut self) {
        self.exchange.finish();
    }
}

impl fmt::Debug for BlobWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobWriter")
            .field("size", &self.size)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
