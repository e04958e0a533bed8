//! Secrets of targets reach their receivers, and nothing else: no file, no answer, no log.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;

use serde_json::json;
use tidegate_testkit::receiver::{Answer, Receiver, Request};

use super::alerting::AT_ONCE;
use super::service::{LOG, Service};
use crate::support::Workdir;

const SIGNING: &str = "signing-4f1c9e";
const TOKEN: &str = "token-77ab20";
const PATH: &str = "path-e5d310";
const CHANNEL: &str = "channel-0b9d41";
const PASSWORD: &str = "password-c2f8a7";
const SECRETS: [&str; 5] = [SIGNING, TOKEN, PATH, CHANNEL, PASSWORD];

fn config(dir: &Workdir) -> String {
    let token = dir.write("token", format!("Bearer {TOKEN}\n"));
    let password = dir.write("password", PASSWORD);
    let (token, password) = (token.display(), password.display());
    let targets = format!(
        r#"
[[target]]
name = "hook"
webhook = {{ url = "env:HOOK_URL", allow_private = true, signing_secret = "env:HOOK_SECRET", secret_headers = {{ Authorization = "file:{token}" }} }}

[[target]]
name = "chat"
slack = {{ url = "env:CHAT_URL", allow_private = true }}

[[target]]
name = "mail"
email = {{ host = "127.0.0.1", port = 9, tls = "none", from = "a@example.com", to = ["b@example.com"], username = "u", password = "file:{password}" }}
"#
    );
    AT_ONCE.to_owned() + &targets
}

/// Tells all that it was sent, as a receiver may that writes it into its error page; at the second attempt it is well.
fn echoing() -> Receiver {
    let failed = Mutex::new(BTreeSet::new());
    Receiver::start(move |request, _| {
        let line = request.head.lines().next().map(str::to_owned);
        match failed.lock().unwrap().insert(line) {
            true => Answer::Bytes(error_page(request).into_bytes()),
            false => Answer::Status(200),
        }
    })
}

fn error_page(request: &Request) -> String {
    let page = format!("{}{}", request.head, request.body);
    let length = page.len();
    format!("HTTP/1.1 500 X\r\ncontent-length: {length}\r\n\r\n{page}")
}

fn start(dir: &Workdir, key: Option<&str>, receiver: &Receiver) -> Service {
    let url = receiver.url();
    Service::start_with(dir, key, |command: &mut Command| {
        command.env("HOOK_SECRET", SIGNING);
        command.env("HOOK_URL", format!("{url}{PATH}"));
        command.env("CHAT_URL", format!("{url}{CHANNEL}"));
    })
}

/// Nothing of this holds a secret.
#[track_caller]
fn assert_no_secret(what: &str, bytes: &[u8], key: &str) {
    for secret in SECRETS.iter().copied().chain([&key[41..]]) {
        let mut windows = bytes.windows(secret.len());
        let found = windows.any(|window| window == secret.as_bytes());
        assert!(!found, "{what} holds {secret}");
    }
}

#[test]
fn a_secret_is_in_no_file_no_answer_and_no_log() {
    let (dir, receiver) = (Workdir::new(), echoing());
    dir.write("tidegate.toml", config(&dir));
    let service = start(&dir, None, &receiver);
    let alert = json!({ "name": "disk", "severity": "critical", "message": "m" });
    service.post("/api/v1/alerts", &alert);
    for target in ["hook", "chat"] {
        service.wait("it is sent at the second attempt", |client| {
            let path = format!("/api/v1/notifications?target={target}&state=sent");
            !client.list(&path).is_empty()
        });
    }
    service.wait("the mail fails", |client| {
        let path = "/api/v1/notifications?target=mail&state=failed";
        !client.list(path).is_empty()
    });
    let is_authorized = |request: &Request| {
        let bearer = request.header("authorization") == Some(&*format!("Bearer {TOKEN}"));
        bearer && request.header("x-tidegate-signature").is_some()
    };
    let received = receiver.received();
    let of = |path: &str| {
        let line = format!("POST /{path} ");
        let requests = received.iter().map(|one| &one.request);
        requests
            .filter(move |request| request.head.starts_with(&line))
            .count()
    };
    assert_eq!((of(PATH), of(CHANNEL)), (2, 2));
    let hook = received.iter().filter(|one| is_authorized(&one.request));
    assert_eq!(hook.count(), 2);

    for path in [
        "/api/v1/notifications",
        "/api/v1/targets",
        "/api/v1/system",
        "/api/v1/alerts",
        "/api/v1/rules",
        "/api/v2/status",
        "/metrics",
    ] {
        let (status, body) = service.ask("GET", path, "").unwrap();
        assert_eq!(status, 200, "{path}");
        assert_no_secret(path, body.as_bytes(), &service.key);
    }
    // Killed, it leaves its log of changes beside the file.
    service.kill();
    assert!(dir.path("data.db-wal").exists());
    let shown = dir.run(["config", "show"]).expect_code(0);
    assert_no_secret("config show", shown.stdout.as_bytes(), &service.key);
    assert!(dir.read(LOG).contains("a notification failed"));
    for file in dir.files() {
        if file != "token" && file != "password" {
            let bytes = std::fs::read(dir.path(&file)).unwrap();
            assert_no_secret(&file, &bytes, &service.key);
        }
    }
}
