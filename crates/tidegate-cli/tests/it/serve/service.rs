//! A server process, and a small client of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate_testkit::wait_until;

use crate::support::Workdir;

/// Where the log goes.
pub(crate) const LOG: &str = "server.log";
/// The trace that all requests are part of.
pub(crate) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// How long a test waits for what must come: a lease of what a killed server was sending lasts half a minute.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);
/// So that the looks leave the server something of the processor.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A running `tidegate serve`, killed with the value.
pub(crate) struct Service {
    process: std::cell::RefCell<Child>,
    client: Client,
}

/// Where a service is, and the key to it.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: String,
    pub(crate) key: String,
}

impl std::ops::Deref for Service {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let process = self.process.get_mut();
        // It may have ended already.
        let _ = process.kill();
        let _ = process.wait();
    }
}

impl Service {
    /// Starts it on `data.db`; `key` is that of an earlier start, without which this one must make it.
    pub(crate) fn start(dir: &Workdir, key: Option<&str>) -> Self {
        Self::start_with(dir, key, |_| {})
    }

    /// The same with a command that is changed, by its environment for example.
    pub(super) fn start_with(
        dir: &Workdir,
        key: Option<&str>,
        change: impl FnOnce(&mut Command),
    ) -> Self {
        let args = ["serve", "--db", "data.db", "--listen", "127.0.0.1:0"];
        let args = args.iter().chain(&["--json", "--log", "debug"]);
        let log = std::fs::File::create(dir.path(LOG)).unwrap();
        let mut command = dir.command(args);
        change(&mut command);
        let mut process = command.stderr(log).spawn().unwrap();
        let facts = BufReader::new(process.stdout.take().unwrap()).lines();
        let facts = facts.map(|line| serde_json::from_str::<Json>(&line.unwrap()).unwrap());
        let mut facts = facts.filter(|fact| fact.get("url").is_some());
        let fact = facts.next().expect("it never told its address");
        let made = fact["admin_key"].as_str();
        assert_eq!(made.is_some(), key.is_none(), "{fact}");
        let client = Client {
            address: fact["url"]
                .as_str()
                .unwrap()
                .trim_start_matches("http://")
                .to_owned(),
            key: made.or(key).unwrap().to_owned(),
        };
        let process = process.into();
        Self { process, client }
    }

    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let id = self.process.borrow().id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it by a signal, and gives its exit code.
    pub(crate) fn end(&self, signal: &str) -> i32 {
        self.signal(signal);
        let ended = self.process.borrow_mut().wait().unwrap();
        ended.code().unwrap_or(-1)
    }

    /// `kill -9`.
    pub(crate) fn kill(&self) {
        let mut process = self.process.borrow_mut();
        process.kill().unwrap();
        process.wait().unwrap();
    }
}

impl Client {
    /// The same with another key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) fn record_event(&self, title: &str) -> u16 {
        self.try_record_event(title).expect("the server is gone")
    }

    /// The status; `None` if the server went away before it answered.
    pub(crate) fn try_record_event(&self, title: &str) -> Option<u16> {
        let event = json!({ "type": "t", "severity": "info", "source": "s", "title": title });
        let answer = self.ask("POST", "/api/v1/events", &event.to_string())?;
        Some(answer.0)
    }

    pub(crate) fn status(&self, path: &str) -> u16 {
        self.ask("GET", path, "").expect("the server is gone").0
    }

    pub(crate) fn wait_for_status(&self, path: &str, status: u16) {
        assert!(
            wait_until(PATIENCE, || self.status(path) == status),
            "{path}"
        );
    }

    /// The titles of all events.
    pub(crate) fn titles(&self) -> Vec<String> {
        let (mut titles, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/events?limit=1000{cursor}");
            let (status, body) = self.ask("GET", &path, "").expect("the server is gone");
            assert_eq!(status, 200, "{body}");
            let page: Json = serde_json::from_str(&body).unwrap();
            let items = page["items"].as_array().unwrap();
            titles.extend(
                items
                    .iter()
                    .map(|item| item["title"].as_str().unwrap().to_owned()),
            );
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return titles,
            }
        }
    }

    pub(crate) fn wait_for_events(&self, count: usize) {
        assert!(wait_until(PATIENCE, || self.titles().len() >= count));
    }

    /// What a path answers with, if that is 200.
    pub(super) fn get(&self, path: &str) -> Json {
        let (status, body) = self.ask("GET", path, "").expect("the server is gone");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// All items of a list, over all its pages.
    pub(super) fn list(&self, path: &str) -> Vec<Json> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}{cursor}"));
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Sends a document; `None` if the server went away before it answered.
    pub(super) fn try_post(&self, path: &str, document: &Json) -> Option<(u16, Json)> {
        let (status, body) = self.ask("POST", path, &document.to_string())?;
        Some((status, serde_json::from_str(&body).ok()?))
    }

    /// What a path answers a document with, if it takes that.
    pub(super) fn post(&self, path: &str, document: &Json) -> Json {
        let (status, body) = self.try_post(path, document).expect("the server is gone");
        assert!((200..300).contains(&status), "{path}: {body}");
        body
    }

    /// Waits for what comes by itself.
    pub(super) fn wait(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let held = wait_until(PATIENCE, || {
            let held = holds(self);
            if !held {
                std::thread::sleep(LOOK_EVERY);
            }
            held
        });
        assert!(held, "in vain: {what}");
    }

    /// Sends one request over a connection of its own; the status and the body of the answer.
    pub(super) fn ask(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let Self { address, key } = self;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
             traceparent: 00-{TRACE}-00f067aa0ba902b7-01\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    }
}
