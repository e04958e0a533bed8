//! An HTTP receiver that records what it is sent, and answers well or badly.

use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

#[cfg(test)]
mod tests;

/// The pause before each byte of [`Answer::Slowly`].
const PAUSE: Duration = Duration::from_millis(10);

/// What a receiver does with a request. It closes the connection after each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Answers with this status, without a body.
    Status(u16),
    /// As [`Status`](Self::Status), with a pause before each byte.
    Slowly(u16),
    /// Answers with this status, and this place to go to.
    Redirect(u16, String),
    /// Sends these bytes.
    Bytes(Vec<u8>),
    /// Says nothing, until the other side closes or the receiver is dropped.
    Hangs,
}

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The request line and the headers.
    pub head: String,
    /// The body.
    pub body: String,
    /// When it had been read.
    pub at: SystemTime,
}

/// A request, and what was done with it. The answer may not have reached the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The request.
    pub request: Request,
    /// The answer.
    pub answer: Answer,
}

/// A receiver on this machine; dropping it ends its connections.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

type Script = dyn Fn(&Request, usize) -> Answer + Send + Sync;

struct Shared {
    script: Box<Script>,
    received: Mutex<Vec<Received>>,
    /// The connections that are being served, by their number.
    open: Mutex<HashMap<usize, TcpStream>>,
    ended: AtomicBool,
}

impl Receiver {
    /// Starts one. The script is given each request, with the number of those before it.
    ///
    /// # Panics
    /// When the system has no port left.
    pub fn start(script: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            script: Box::new(script),
            received: Mutex::default(),
            open: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let accepting = Some(thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        }));
        Receiver {
            address,
            shared,
            accepting,
        }
    }

    /// One that answers everything with this status.
    ///
    /// # Panics
    /// When the system has no port left.
    pub fn answering(status: u16) -> Self {
        Self::start(move |_, _| Answer::Status(status))
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What has come so far.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }
}

impl Request {
    /// The value of a header, whose name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = headers.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // It waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        for stream in lock(&self.shared.open).values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (number, stream) in listener.incoming().flatten().enumerate() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        if let Ok(copy) = stream.try_clone() {
            lock(&shared.open).insert(number, copy);
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            serve(stream, &shared);
            lock(&shared.open).remove(&number);
        });
    }
}

/// Serves one request; `None` when the other side is gone.
fn serve(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    let request = read(&stream)?;
    let answer = {
        let mut received = lock(&shared.received);
        let answer = (shared.script)(&request, received.len());
        received.push(Received {
            request,
            answer: answer.clone(),
        });
        answer
    };
    match answer {
        Answer::Status(status) => stream.write_all(&bytes(status, "")).ok()?,
        Answer::Slowly(status) => {
            for byte in bytes(status, "") {
                thread::sleep(PAUSE);
                stream.write_all(&[byte]).ok()?;
            }
        }
        Answer::Redirect(status, to) => {
            let location = format!("location: {to}\r\n");
            stream.write_all(&bytes(status, &location)).ok()?;
        }
        Answer::Bytes(bytes) => stream.write_all(&bytes).ok()?,
        Answer::Hangs => drop(stream.read(&mut [0])),
    }
    stream.shutdown(Shutdown::Both).ok()
}

fn bytes(status: u16, headers: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n");
    format!("{head}{headers}\r\n").into_bytes()
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if lines.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let mut request = Request {
        head,
        body: String::new(),
        at: SystemTime::now(),
    };
    let length = request.header("content-length").unwrap_or("0").parse();
    let mut body = vec![0; length.ok()?];
    lines.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).ok()?;
    request.at = SystemTime::now();
    Some(request)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
