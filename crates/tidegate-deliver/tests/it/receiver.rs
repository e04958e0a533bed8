//! An HTTP receiver that records what it is sent, and answers well or badly.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What a receiver does when it has read a request.
#[derive(Clone)]
pub(crate) enum Manner {
    /// Sends this and closes.
    Says(Vec<u8>),
    /// Sends this, and then nothing more, until the other side closes.
    Hangs(Vec<u8>),
    /// Sends the first, and then the second again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends this byte by byte, with a pause before each.
    Drips(Vec<u8>),
    /// Sends what it has been sent.
    Echoes(u16),
    /// Closes before it has read anything.
    Closes,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A receiver on this machine; it ends when it is dropped.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    closed: mpsc::UnboundedReceiver<()>,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn start(manner: Manner) -> Self {
        Self::start_with(manner, None).await
    }

    pub(crate) async fn answering(status: &str) -> Self {
        Self::start(says(status, "", "")).await
    }

    pub(crate) async fn start_with(manner: Manner, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::default();
        let (closing, closed) = mpsc::unbounded_channel();
        let kept = Arc::clone(&requests);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (manner, requests, closing) =
                    (manner.clone(), Arc::clone(&kept), closing.clone());
                let tls = tls.clone();
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, manner, &requests).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, manner, &requests).await,
                            Err(_) => None,
                        },
                    };
                    let _ = closing.send(());
                });
            }
        });
        Self {
            port,
            requests,
            closed,
            serving,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What has come so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The only request that has come.
    pub(crate) fn request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.into_iter().next().unwrap()
    }

    /// Waits until a connection has been served or closed by its other side.
    pub(crate) async fn closed(&mut self) {
        self.closed.recv().await.unwrap();
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Request {
    /// The header's only value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(own, _)| own == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} came twice");
        value
    }
}

/// An answer with a status such as `200 OK`, further header lines, and a body.
pub(crate) fn says(status: &str, headers: &str, body: &str) -> Manner {
    Manner::Says(answer(status, headers, body))
}

pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// Serves one request; `None` when the other side is gone.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    manner: Manner,
    requests: &Mutex<Vec<Request>>,
) -> Option<()> {
    if matches!(manner, Manner::Closes) {
        return None;
    }
    let request = read(&mut stream).await?;
    requests.lock().unwrap().push(request.clone());
    match manner {
        Manner::Says(bytes) => stream.write_all(&bytes).await.ok()?,
        Manner::Hangs(bytes) => {
            stream.write_all(&bytes).await.ok()?;
            stream.read_exact(&mut [0]).await.ok()?;
        }
        Manner::Endless(first, again) => {
            stream.write_all(&first).await.ok()?;
            while stream.write_all(&again).await.is_ok() {}
        }
        Manner::Drips(bytes) => {
            for byte in bytes {
                tokio::time::sleep(Duration::from_millis(1)).await;
                stream.write_all(&[byte]).await.ok()?;
            }
        }
        Manner::Echoes(status) => {
            let echo = format!("{request:?}");
            let bytes = answer(&format!("{status} Echo"), "", &echo);
            stream.write_all(&bytes).await.ok()?;
        }
        Manner::Closes => {}
    }
    stream.shutdown().await.ok()
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.split("\r\n").map(str::to_owned);
    let line = lines.next()?;
    let header = |line: String| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_ascii_lowercase(), value.to_owned())
    };
    let headers: Vec<_> = lines.map(header).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(body).unwrap();
    Some(Request {
        line,
        headers,
        body,
    })
}
