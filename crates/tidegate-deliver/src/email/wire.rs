//! What a mail server says, line by line and only so much of it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, BufReader, ReadBuf};

#[cfg(test)]
mod tests;

/// How much a server may say to one command, in bytes; what is usual is a tenth of it.
///
/// It is so little because lettre reads all lines of an answer anew with each that comes.
const MAX_ANSWER: usize = 4 << 10;

/// How much it may say to a command of the TLS handshake, certificates included.
const MAX_HANDSHAKE: usize = 64 << 10;

/// The first bytes of what a client writes in a TLS handshake: a step of it, or what is put before one for the sake of
/// old boxes on the way. No command begins with them.
const HANDSHAKE: [u8; 2] = [0x16, 0x14];

/// A stream of which each read gives one line at the most, and that ends when an answer becomes too long.
///
/// So whoever reads an answer holds nothing that came behind it. That matters for STARTTLS: what somebody on
/// the way appends to the server's last plain answer must not be taken for an answer from within the encryption.
#[derive(Debug)]
pub(super) struct LineByLine<S> {
    stream: BufReader<S>,
    peer: SocketAddr,
    /// Since something was written last.
    said: usize,
    limit: usize,
}

/// The server has said more than it may to one command.
#[derive(Debug)]
pub(super) struct TooMuch;

impl<S: AsyncRead> LineByLine<S> {
    pub(super) fn new(stream: S, peer: SocketAddr) -> Self {
        Self {
            stream: BufReader::new(stream),
            peer,
            said: 0,
            limit: MAX_ANSWER,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LineByLine<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let came = ready!(Pin::new(&mut this.stream).poll_fill_buf(context))?;
        let line = came.iter().position(|byte| *byte == b'\n');
        let length = line.map_or(came.len(), |end| end + 1);
        let room = this.limit - this.said;
        if room == 0 && length > 0 {
            return Poll::Ready(Err(io::Error::other(TooMuch)));
        }
        let length = length.min(room).min(buffer.remaining());
        buffer.put_slice(&came[..length]);
        Pin::new(&mut this.stream).consume(length);
        this.said += length;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for LineByLine<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.said = 0;
        self.limit = match bytes.first() {
            Some(byte) if HANDSHAKE.contains(byte) => MAX_HANDSHAKE,
            _ => MAX_ANSWER,
        };
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S> AsyncTokioStream for LineByLine<S>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug,
{
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server said more than any answer needs")
    }
}

impl std::error::Error for TooMuch {}
