//! The channels of this machine: files, the console, and the log.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tidegate_deliver::{Courier, FailureKind, Message};
use tidegate_testkit::{ChildProcess, child_role};

use super::support::{EVIL, Home, LIMIT, deliver, message, target};

fn evil_messages() -> impl Iterator<Item = Message> {
    EVIL.iter().enumerate().map(|(index, evil)| Message {
        id: format!("id-{index}"),
        subject: (*evil).to_owned(),
        text: (*evil).to_owned(),
        severity: "warning\n".to_owned(),
        ..message()
    })
}

/// Whether something in the text could be obeyed by a terminal.
fn is_harmful(text: &str) -> bool {
    text.contains(|c: char| {
        c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c) || c == '\u{2066}'
    })
}

#[tokio::test]
async fn a_file_gets_one_harmless_line_for_each_message() {
    let home = Home::new();
    let path = home.path("alerts.jsonl");
    let settings = json!({"kind": "file", "path": path});
    for message in evil_messages() {
        let receipt = deliver(&settings, &message).await.unwrap();
        assert_eq!(receipt.status, "written");
    }
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), EVIL.len());
    for (line, message) in text.lines().zip(evil_messages()) {
        assert!(!is_harmful(line), "{line}");
        let read: Value = serde_json::from_str(line).unwrap();
        let expected = json!({
            "at": "2023-11-14T22:13:20.000000Z",
            "id": message.id,
            "severity": message.severity,
            "subject": message.subject,
            "text": message.text,
        });
        assert_eq!(read, expected);
    }
}

#[tokio::test]
async fn lines_that_are_written_at_once_stay_whole() {
    let home = Home::new();
    let path = home.path("alerts.jsonl");
    let courier = Courier::new().unwrap();
    let mut writing = Vec::new();
    for index in 0..50 {
        let courier = courier.clone();
        let target = target(&json!({"kind": "file", "path": path}));
        let mut message = message();
        message.id = index.to_string();
        message.text = "x".repeat(index * 1_000);
        writing.push(tokio::spawn(async move {
            courier.deliver(&target, &message, LIMIT).await
        }));
    }
    for written in writing {
        written.await.unwrap().unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    let read = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut ids: Vec<usize> = read
        .map(|line| line["id"].as_str().unwrap().parse().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_file_that_cannot_be_written_says_so() {
    let home = Home::new();
    for (path, kind) in [
        (home.path("no/such/directory"), FailureKind::Io),
        (home.dir().to_owned(), FailureKind::Config),
        ("/dev/full".into(), FailureKind::Config),
        ("relative".into(), FailureKind::Config),
    ] {
        let settings = json!({"kind": "file", "path": path});
        let failure = deliver(&settings, &message()).await.unwrap_err();
        assert_eq!(failure.kind(), kind, "{failure}");
    }
}

#[test]
fn the_console_gets_one_harmless_line_for_each_message() {
    if child_role().is_some() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            for message in evil_messages() {
                deliver(&json!({"kind": "console"}), &message)
                    .await
                    .unwrap();
            }
        });
        return;
    }
    let home = Home::new();
    let shown = fs::File::create(home.path("shown")).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.stderr(Stdio::from(shown));
    let test = "channels::the_console_gets_one_harmless_line_for_each_message";
    let child = ChildProcess::this_test_by(&mut command, test, "child", home.dir()).unwrap();
    assert!(child.wait().unwrap().success());
    let text = fs::read_to_string(home.path("shown")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), EVIL.len(), "{text}");
    for (index, line) in lines.iter().enumerate() {
        assert!(!is_harmful(line), "{line}");
        assert!(
            line.starts_with("2023-11-14T22:13:20.000000Z WARNING\\n "),
            "{line}"
        );
        assert!(line.ends_with(&format!(" (id id-{index})")), "{line}");
    }
}

#[test]
fn a_delivery_can_be_spawned() {
    fn is_send<T: Send>(_: &T) {}
    let courier = Courier::new().unwrap();
    let (target, message) = (target(&json!({"kind": "log"})), message());
    is_send(&courier.deliver(&target, &message, LIMIT));
}
