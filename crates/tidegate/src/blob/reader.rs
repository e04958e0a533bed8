//! The reading end of a blob.

use std::fmt;
use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::{AsyncRead, AsyncSeek};

use super::exchange::{Order, OrderingEnd};
use super::io_error;
use super::job::{Opened, PIECE_MAX};
use super::seek::resolve;
use crate::database::Handle;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Arc;

/// Smaller reads are served from a piece of this size.
const PIECE_MIN: usize = 64 << 10;

/// The bytes of one blob, from [`Database::blob_reader`](crate::Database::blob_reader).
///
/// It implements `AsyncRead` and `AsyncSeek` of `futures-io`, and with the feature `tokio` those of Tokio. An error of
/// theirs holds the crate's own [`Error`] inside. Seeking past the end is allowed; there is nothing to read there.
///
/// # Cancel safety
/// Dropping a pending read loses no byte. Dropping the reader frees its connection.
pub struct BlobReader {
    source: Source,
    size: u64,
    position: u64,
    buffer: Vec<u8>,
    buffer_at: u64,
    /// Where the piece begins that was ordered.
    ordered: Option<u64>,
}

enum Source {
    /// Everything is in the buffer.
    Whole,
    Served {
        exchange: OrderingEnd,
        /// Keeps the database open.
        _handle: Arc<Handle>,
    },
}

impl BlobReader {
    pub(super) fn whole(bytes: Vec<u8>) -> Self {
        let mut reader = Self::new(Source::Whole, bytes.len() as u64);
        reader.buffer = bytes;
        reader
    }

    pub(super) fn served(opened: Opened, handle: Arc<Handle>) -> Self {
        let source = Source::Served {
            exchange: opened.exchange,
            _handle: handle,
        };
        Self::new(source, opened.size as u64)
    }

    fn new(source: Source, size: u64) -> Self {
        Self {
            source,
            size,
            position: 0,
            buffer: Vec::new(),
            buffer_at: 0,
            ordered: None,
        }
    }

    /// The blob's size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where the next read begins, in bytes from the start.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Moves to a position counted from the start, which may lie past the end.
    pub fn seek_to(&mut self, position: u64) {
        self.position = position;
    }

    /// Reads into `into` from the position on, and moves it; the number of bytes, and 0 at the end.
    ///
    /// # Errors
    /// [`Deadline`](ErrorKind::Deadline) past the maximum age of snapshots, [`Closed`](ErrorKind::Closed) if the
    /// database has closed, and what SQLite reports.
    ///
    /// # Cancel safety
    /// Dropping the future loses no byte.
    pub async fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        std::future::poll_fn(|cx| self.poll_into(cx, into)).await
    }

    /// All bytes from the position to the end.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    ///
    /// # Cancel safety
    /// Dropping the future loses the bytes that it has read; [`seek_to`](Self::seek_to) goes back to them.
    pub async fn read_to_end(&mut self) -> Result<Vec<u8>> {
        let left = self.size.saturating_sub(self.position);
        let mut bytes = vec![0; usize::try_from(left).unwrap_or(usize::MAX)];
        let mut filled = 0;
        while filled < bytes.len() {
            filled += self.read(&mut bytes[filled..]).await?;
        }
        Ok(bytes)
    }

    pub(super) fn move_to(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = resolve(to, self.position, self.size)?;
        Ok(self.position)
    }

    fn poll_into(&mut self, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<Result<usize>> {
        let bytes = ready!(self.poll_bytes(cx, into.len()))?;
        let len = bytes.len().min(into.len());
        into[..len].copy_from_slice(&bytes[..len]);
        self.position += len as u64;
        Poll::Ready(Ok(len))
    }

    /// The bytes at the position that are there, none only at the end. The caller moves the position.
    pub(super) fn poll_bytes(
        &mut self,
        cx: &mut Context<'_>,
        wanted: usize,
    ) -> Poll<Result<&[u8]>> {
        if wanted > 0 && self.position < self.size {
            while self.buffered().is_none() {
                ready!(self.poll_piece(cx, wanted))?;
            }
        }
        Poll::Ready(Ok(self.buffered().unwrap_or_default()))
    }

    #[cfg(feature = "tokio")]
    pub(super) fn advance(&mut self, bytes: usize) {
        self.position += bytes as u64;
    }

    fn buffered(&self) -> Option<&[u8]> {
        let skipped = self.position.checked_sub(self.buffer_at)?;
        let bytes = self.buffer.get(usize::try_from(skipped).ok()?..)?;
        (!bytes.is_empty()).then_some(bytes)
    }

    /// Orders the piece at the position, or takes the one that was ordered.
    fn poll_piece(&mut self, cx: &mut Context<'_>, wanted: usize) -> Poll<Result<()>> {
        let Source::Served { exchange, .. } = &self.source else {
            // The whole blob is in the buffer: the position is never inside it and not in the buffer.
            return Poll::Ready(Err(Error::new(ErrorKind::Io, "the blob ends early")));
        };
        let at = *self.ordered.get_or_insert_with(|| {
            let left = usize::try_from(self.size - self.position).unwrap_or(usize::MAX);
            exchange.order(Order::Read {
                at: usize::try_from(self.position).unwrap_or(usize::MAX),
                len: wanted.clamp(PIECE_MIN, PIECE_MAX).min(left),
            });
            self.position
        });
        self.buffer = ready!(exchange.poll_answer(cx))?;
        self.buffer_at = at;
        self.ordered = None;
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for BlobReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_into(cx, into).map_err(io_error)
    }
}

impl AsyncSeek for BlobReader {
    fn poll_seek(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        to: SeekFrom,
    ) -> Poll<io::Result<u64>> {
        Poll::Ready(self.move_to(to))
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader")
            .field("size", &self.size)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
