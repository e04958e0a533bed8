//! What the verbs ask a server for: the path, the parameters and the body of each request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use serde_json::{Value as Json, json};

use crate::support::{Run, Workdir};

/// Runs a verb against a server that gives one answer; tells what it was asked.
fn asked(args: &[&str], answer: &Json) -> (Run, String, Json) {
    let dir = Workdir::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = answer.to_string();
    let answering = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            match line.trim() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let length = lines.iter().find_map(|line| {
            let line = line.to_ascii_lowercase();
            line.strip_prefix("content-length:")
                .map(|length| length.trim().parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        assert!(
            lines
                .iter()
                .any(|line| line.ends_with("Bearer tg_live_test")),
            "{lines:?}"
        );
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            answer.len()
        );
        reader
            .get_mut()
            .write_all(format!("{head}{answer}").as_bytes())
            .unwrap();
        let request = lines[0].trim_end_matches(" HTTP/1.1").to_owned();
        (request, serde_json::from_slice(&body).unwrap_or(Json::Null))
    });
    let mut command = dir.command(args);
    command.args(["--server", &url, "--key", "tg_live_test"]);
    let run = Run::of(command.output().unwrap());
    let (request, body) = answering.join().unwrap();
    (run, request, body)
}

#[track_caller]
fn check(args: &[&str], request: &str, body: Json) {
    let answer = json!({
        "items": [], "id": "1", "name": "a", "state": "firing", "alert": {"name": "a"},
        "rule": {"name": "r"}, "series": [], "error": null,
    });
    let (run, found, sent) = asked(args, &answer);
    assert_eq!(
        found,
        format!(
            "{} /api/v1{}",
            request.split_once(' ').unwrap().0,
            request.split_once(' ').unwrap().1
        )
    );
    assert_eq!(sent, body, "{args:?}");
    run.expect_code(0);
}

#[test]
fn alerts() {
    let none = Json::Null;
    check(
        &[
            "alerts",
            "list",
            "--state",
            "firing",
            "--severity",
            "warning",
            "-m",
            "a=\"b c\"",
        ],
        "GET /alerts?state=firing&severity=warning&match=a%3D%22b+c%22&limit=100",
        none.clone(),
    );
    check(
        &[
            "alerts",
            "history",
            "--from",
            "2026-03-01T12:00:00Z",
            "--limit",
            "5",
            "--cursor",
            "x",
        ],
        "GET /alerts/history?from=2026-03-01T12%3A00%3A00Z&limit=5&cursor=x",
        none.clone(),
    );
    check(
        &["alerts", "summary", "--window", "6h"],
        "GET /alerts/summary?window=6h",
        none.clone(),
    );
    check(
        &["alerts", "show", "a/../b"],
        "GET /alerts/a%2F..%2Fb",
        none.clone(),
    );
    check(
        &["alerts", "explain", "queue long"],
        "GET /rules/queue%20long/explain",
        none,
    );
    check(
        &[
            "alerts",
            "trigger",
            "disk",
            "full",
            "--severity",
            "critical",
            "-l",
            "host=a",
        ],
        "POST /alerts",
        json!({"name": "disk", "severity": "critical", "message": "full", "labels": {"host": "a"}}),
    );
    check(&["alerts", "test"], "POST /alerts/test", json!({}));
    check(
        &[
            "alerts",
            "ack",
            "1",
            "--reason",
            "mine",
            "--if-state",
            "firing",
        ],
        "POST /alerts/1/acknowledge",
        json!({"reason": "mine", "expected_state": "firing"}),
    );
    check(
        &["alerts", "suppress", "1", "--for", "2h"],
        "POST /alerts/1/suppress",
        json!({"for": "2h"}),
    );
    check(
        &["alerts", "resolve", "1"],
        "POST /alerts/1/resolve",
        json!({}),
    );
}

#[test]
fn silences_and_rules() {
    check(
        &["silences", "list", "--status", "active"],
        "GET /silences?limit=100&status=active",
        Json::Null,
    );
    check(
        &[
            "silences",
            "add",
            "-m",
            "a=b",
            "--until",
            "2099-01-01T00:00:00Z",
            "--comment",
            "x",
            "--by",
            "ada",
        ],
        "POST /silences",
        json!({"matchers": ["a=\"b\""], "ends_at": "2099-01-01T00:00:00Z", "comment": "x", "created_by": "ada"}),
    );
    check(
        &["silences", "expire", "1"],
        "DELETE /silences/1",
        Json::Null,
    );
    check(&["rules", "list"], "GET /rules", Json::Null);
}

#[test]
fn notifications_and_probes() {
    let none = Json::Null;
    check(
        &[
            "notify", "list", "--target", "oncall", "--state", "given_up",
        ],
        "GET /notifications?target=oncall&state=given_up&limit=100",
        none.clone(),
    );
    check(
        &["notify", "show", "1"],
        "GET /notifications/1",
        none.clone(),
    );
    check(&["notify", "targets"], "GET /targets", none.clone());
    check(
        &["notify", "test", "oncall"],
        "POST /targets/oncall/test",
        json!({}),
    );
    check(&["probes", "list"], "GET /probes", none);
    check(
        &["probes", "run", "disk"],
        "POST /probes/disk/run",
        json!({}),
    );
}

#[test]
fn keys() {
    check(&["keys", "list"], "GET /keys?limit=100", Json::Null);
    check(
        &[
            "keys",
            "create",
            "x",
            "--scope",
            "read,ingest",
            "--expires-at",
            "2099-01-01T00:00:00Z",
        ],
        "POST /keys",
        json!({"name": "x", "scopes": ["read", "ingest"], "expires_at": "2099-01-01T00:00:00Z"}),
    );
    check(
        &["keys", "rotate", "1", "--overlap", "1h"],
        "POST /keys/1/rotate",
        json!({"overlap": "1h"}),
    );
    check(&["keys", "revoke", "1"], "DELETE /keys/1", Json::Null);
}

#[test]
fn a_probe_that_failed_is_bad_news() {
    let answer = json!({"outcome": "failed", "error": "exit code 3", "values": {}});
    let (run, _, _) = asked(&["probes", "run", "disk"], &answer);
    assert!(run.stdout.contains("exit code 3"), "{}", run.stdout);
    run.expect_code(1);
    let dir = Workdir::new();
    dir.run(["probes", "list", "--db", "app.db"]).expect_code(1);
}

#[test]
fn answers_of_another_shape_do_no_harm() {
    for answer in [
        json!(null),
        json!([]),
        json!({"items": 7}),
        json!("text"),
        json!({"items": [1, null]}),
    ] {
        for args in [
            &["alerts", "list"] as &[&str],
            &["alerts", "show", "1"],
            &["alerts", "summary"],
            &["alerts", "explain", "r"],
            &["metrics", "stats", "up"],
            &["events", "stats"],
            &["notify", "show", "1"],
            &["keys", "create", "x", "--scope", "read"],
        ] {
            let (run, _, _) = asked(args, &answer);
            run.expect_code(0);
        }
    }
}
