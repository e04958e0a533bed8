//! A mail server that says what a test wants it to say.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server on this machine; it ends when it is dropped.
pub(crate) struct FakeMail {
    pub(crate) port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl FakeMail {
    /// A server that says `greeting`, and to each line (`EHLO` without what follows it) what `answer` gives: nothing
    /// hangs, `CLOSE` closes, and what begins with `ENDLESS` is said without end.
    pub(crate) async fn start(
        greeting: &'static str,
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&heard);
        let answer = Arc::new(answer);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, heard) = (Arc::clone(&answer), Arc::clone(&kept));
                tokio::spawn(async move { serve(stream, greeting, &*answer, &heard).await });
            }
        });
        Self {
            port,
            heard,
            serving,
        }
    }

    /// What it has been told so far, line by line.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for FakeMail {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// One session; `None` when it is over.
async fn serve(
    stream: TcpStream,
    greeting: &str,
    answer: &(impl Fn(&str) -> String + Sync),
    heard: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, greeting).await?;
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let line = if line.starts_with("EHLO ") {
            "EHLO"
        } else {
            &line
        };
        heard.lock().unwrap().push(line.to_owned());
        say(&mut stream, &answer(line)).await?;
    }
}

async fn say(stream: &mut BufReader<TcpStream>, what: &str) -> Option<()> {
    if what == "CLOSE" {
        return None;
    }
    let Some(endless) = what.strip_prefix("ENDLESS") else {
        return stream.write_all(what.as_bytes()).await.ok();
    };
    let endless = endless.repeat(1_000);
    loop {
        stream.write_all(endless.as_bytes()).await.ok()?;
    }
}
