//! A real mail server: Python's `aiosmtpd` in a child process, which tells what mails it has taken.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::certificate::Certificate;

const PROGRAM: &str = include_str!("mail_server.py");

/// Debian's package belongs to Debian's Python, which need not be the first one.
const PYTHONS: [&str; 2] = ["python3", "/usr/bin/python3"];

/// The server; it is killed when it is dropped, and ends when this process does.
pub(crate) struct MailServer {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    certificate: Certificate,
    port: u16,
    tls: &'static str,
}

impl MailServer {
    /// A server that is reached by `tls`, as it is called in the settings.
    pub(crate) fn start(tls: &'static str) -> Self {
        let certificate = Certificate::new();
        let mut command = Command::new(python());
        command.args(["-c", PROGRAM, tls]).args(certificate.files());
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().expect("it says its port").unwrap();
        Self {
            port: port.parse().unwrap(),
            child,
            lines,
            certificate,
            tls,
        }
    }

    /// Settings by which it is reached.
    pub(crate) fn settings(&self) -> Value {
        json!({
            "kind": "email",
            "host": "localhost",
            "port": self.port,
            "tls": self.tls,
            "ca_file": self.certificate.authority(),
            "from": "Tide Gate <tidegate@example.com>",
            "to": ["operations@example.com", "Jö <jo@example.com>"],
        })
    }

    /// The next mail that it has taken; waits for it.
    pub(crate) fn mail(&mut self) -> Value {
        let line = self.lines.next().expect("it tells of each mail").unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The server's end, and the mails that it has taken and not told yet.
    pub(crate) fn end(mut self) -> Vec<String> {
        // Its standard input ends, and so does it.
        self.child.stdin.take();
        self.lines.by_ref().map(Result::unwrap).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The value of the mail's only header of that name.
pub(crate) fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let headers = mail["headers"].as_array().unwrap();
    let mut found = headers.iter().filter(|header| header[0] == name);
    let value = found.next().unwrap()[1].as_str().unwrap();
    assert!(found.next().is_none(), "{name} came twice");
    value
}

fn python() -> &'static str {
    let has_it = |python: &&&str| {
        let mut command = Command::new(python);
        command
            .args(["-c", "import aiosmtpd"])
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let found = PYTHONS.iter().find(has_it);
    found.expect("the tests need Python's aiosmtpd (Debian's package python3-aiosmtpd)")
}
