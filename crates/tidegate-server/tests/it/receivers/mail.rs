//! A mail by way of a real mail server, which somebody can read.

use std::process::Stdio;

use serde_json::Value as Json;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::support::TestServer;
use crate::support::chain::AT_ONCE;

/// The mail server of the tests of deliveries: says its port, then tells each mail, one JSON object a line.
const PROGRAM: &str = include_str!("../../../../tidegate-deliver/tests/it/mail_server.py");

/// Debian's package belongs to Debian's Python, which need not be the first one.
const PYTHONS: [&str; 2] = ["python3", "/usr/bin/python3"];

/// Ends with this process, or when it is dropped.
struct MailServer {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: u16,
}

impl MailServer {
    /// `None` if this Python has no `aiosmtpd`.
    async fn start(python: &str) -> Option<Self> {
        let mut command = Command::new(python);
        command.args(["-c", PROGRAM, "none", "", ""]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().ok()?;
        let mut lines = BufReader::new(child.stdout.take()?).lines();
        let port = lines.next_line().await.ok()??.parse().ok()?;
        Some(Self {
            _child: child,
            lines,
            port,
        })
    }

    async fn mail(&mut self) -> Json {
        let line = self.lines.next_line().await.unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

fn header<'m>(mail: &'m Json, name: &str) -> &'m str {
    let headers = mail["headers"].as_array().unwrap();
    let mut found = headers.iter().filter(|header| header[0] == name);
    let value = found.next().unwrap()[1].as_str().unwrap();
    assert!(found.next().is_none(), "{name} came twice");
    value
}

#[tokio::test]
async fn an_alert_becomes_a_mail_that_says_what_it_is_about() {
    let mut started = None;
    for python in PYTHONS {
        if started.is_none() {
            started = MailServer::start(python).await;
        }
    }
    let mut mails = started.expect("Python's aiosmtpd (Debian's package python3-aiosmtpd)");
    let target = format!(
        "[[target]]\nname = \"mail\"\nemail = {{ host = \"127.0.0.1\", port = {}, tls = \"none\", \
         from = \"Tidegate <tidegate@example.com>\", to = [\"operations@example.com\"] }}\n",
        mails.port
    );
    let server = TestServer::start_from(&(AT_ONCE.to_owned() + &target)).await;
    let alert = serde_json::json!({ "name": "disk_full", "severity": "critical", "labels": { "mount": "/var" },
                                    "message": "93 % of /var\r\nBcc: evil@example.com" });
    let alert = server.post("/api/v1/alerts", &alert).await.expect(201);
    let message = server.message("mail", "sent").await;
    let mail = mails.mail().await;
    assert_eq!(header(&mail, "To"), "operations@example.com");
    assert_eq!(
        header(&mail, "X-Tidegate-Delivery"),
        message["id"].as_str().unwrap()
    );
    let subject = header(&mail, "Subject");
    assert!(
        subject.contains("CRITICAL") && subject.contains("disk_full"),
        "{subject}"
    );
    let text = mail["text"].as_str().unwrap();
    for piece in ["disk_full", "/var", "93 % of /var"] {
        assert!(text.contains(piece), "no «{piece}» in:\n{text}");
    }
    assert_eq!(
        mail["recipients"],
        serde_json::json!(["operations@example.com"])
    );
    assert_eq!(mail["defects"], serde_json::json!([]));
    let ended = server
        .operate(&alert, "resolve", &serde_json::json!({}))
        .await;
    ended.expect(200);
    let mail = mails.mail().await;
    let text = mail["text"].as_str().unwrap().to_lowercase();
    assert!(text.contains("resolved"), "{text}");
    server.stop().await;
}
