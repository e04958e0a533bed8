//! Reads a stream to its end, keeps its beginning, and counts the rest.

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::outcome::Captured;

#[cfg(test)]
mod tests;

const BUFFER_BYTES: usize = 32 << 10;

/// A stream that is read to its end; its beginning is kept, the rest counted.
pub(super) struct Capture<R> {
    /// `None` once the end has been seen.
    stream: Option<R>,
    buffer: Box<[u8]>,
    cap: usize,
    /// How many bytes at the beginning are not the command's own.
    preamble_bytes: usize,
    preamble: Vec<u8>,
    kept: Vec<u8>,
    dropped_bytes: u64,
    failed: bool,
}

impl<R: AsyncRead + Unpin> Capture<R> {
    pub(super) fn new(stream: Option<R>, cap: usize, preamble_bytes: usize) -> Self {
        Self {
            stream,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            cap,
            preamble_bytes,
            preamble: Vec::new(),
            kept: Vec::new(),
            dropped_bytes: 0,
            failed: false,
        }
    }

    /// Reads to the end. A dropped future loses nothing: the next one goes on.
    pub(super) async fn read_on(&mut self) {
        while let Some(stream) = &mut self.stream {
            match stream.read(&mut self.buffer).await {
                Ok(0) => self.stream = None,
                Ok(count) => self.take(count),
                Err(_) => {
                    self.failed = true;
                    self.stream = None;
                }
            }
        }
    }

    fn take(&mut self, count: usize) {
        let missing = self.preamble_bytes - self.preamble.len();
        let (preamble, own) = self.buffer[..count].split_at(missing.min(count));
        self.preamble.extend_from_slice(preamble);
        let room = self.cap - self.kept.len();
        let (kept, dropped) = own.split_at(room.min(own.len()));
        self.kept.extend_from_slice(kept);
        self.dropped_bytes += u64::try_from(dropped.len()).unwrap_or(u64::MAX);
    }

    /// The bytes at the beginning that are not the command's own, as far as they came.
    pub(super) fn preamble(&self) -> &[u8] {
        &self.preamble
    }

    /// The command's own bytes that have been kept so far.
    pub(super) fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// Lets the stream go, read to its end or not.
    pub(super) fn finish(self) -> Captured {
        Captured {
            bytes: self.kept,
            dropped_bytes: self.dropped_bytes,
            complete: self.stream.is_none() && !self.failed,
        }
    }
}
