//! One line for each read, and an end to what is said.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::failure::find;

fn said(bytes: &[u8]) -> LineByLine<&[u8]> {
    LineByLine::new(bytes, SocketAddr::from(([127, 0, 0, 1], 25)))
}

#[tokio::test]
async fn a_read_gives_one_line_at_the_most() {
    let mut stream = said(b"220 go\r\n250 injected\r\nrest");
    let mut buffer = [0; 100];
    for expected in ["220 go\r\n", "250 injected\r\n", "rest", ""] {
        let length = stream.read(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..length], expected.as_bytes());
    }
    let mut short = [0; 3];
    let mut stream = said(b"220 go\r\n");
    assert_eq!(stream.read(&mut short).await.unwrap(), 3);
    assert_eq!(stream.read(&mut buffer).await.unwrap(), 5);
}

#[tokio::test]
async fn it_ends_when_too_much_was_said_to_one_command() {
    for (written, limit) in [
        (&b""[..], MAX_ANSWER),
        (b"EHLO x", MAX_ANSWER),
        (&[HANDSHAKE[0], 3, 1], MAX_HANDSHAKE),
        (&[HANDSHAKE[1], 3, 3], MAX_HANDSHAKE),
    ] {
        let (near, mut far) = tokio::io::duplex(4 * MAX_HANDSHAKE);
        far.write_all(&vec![b'x'; 2 * MAX_HANDSHAKE]).await.unwrap();
        let mut stream = LineByLine::new(near, SocketAddr::from(([127, 0, 0, 1], 25)));
        stream.write_all(written).await.unwrap();
        let mut all = Vec::new();
        let error = stream.read_to_end(&mut all).await.unwrap_err();
        assert!(find::<TooMuch>(&error).is_some());
        assert_eq!(all.len(), limit);
        stream.write_all(b"QUIT").await.unwrap();
        assert!(stream.read(&mut [0; 10]).await.unwrap() > 0);
    }
}
