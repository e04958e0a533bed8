//! `alerts` and `silences` on a database file: triggered, looked at, acted on.

use serde_json::Value as Json;

use crate::place::on_file;
use crate::support::Workdir;

fn json(dir: &Workdir, args: &[&str]) -> Json {
    let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    on_file(dir, &args).expect_code(0).json()
}

fn id(document: &Json) -> String {
    document["id"].as_str().unwrap().to_owned()
}

fn triggered(dir: &Workdir, more: &[&str]) -> Json {
    let args = [
        "alerts",
        "trigger",
        "disk_full",
        "92 % used",
        "-l",
        "host=a",
        "--by",
        "ada",
    ];
    json(dir, &[&args, more].concat())
}

#[test]
fn an_alert_from_its_trigger_to_its_end() {
    let dir = Workdir::new();
    let alert = triggered(
        &dir,
        &["--severity", "critical", "--details", r#"{"used": 0.92}"#],
    );
    assert_eq!(alert["source"], "manual");
    assert_eq!(
        (&alert["state"], &alert["message"]),
        (&"firing".into(), &"92 % used".into())
    );
    assert_eq!(alert["details"]["used"], 0.92);
    assert_eq!(triggered(&dir, &[])["occurrences"], 2);
    let id = id(&alert);

    let acknowledged = json(
        &dir,
        &["alerts", "ack", &id, "--reason", "mine", "--by", "bob"],
    );
    assert_eq!(acknowledged["acknowledged_by"], "bob");
    let again = on_file(&dir, &["alerts", "ack", &id, "--json"])
        .expect_code(1)
        .json_error();
    assert_eq!(again["code"], "state_conflict");

    let suppressed = json(&dir, &["alerts", "suppress", &id, "--for", "2h"]);
    assert!(suppressed["suppressed_until"].is_string(), "{suppressed}");
    let lost = ["alerts", "resolve", &id, "--if-state", "firing"];
    on_file(&dir, &lost)
        .expect_code(1)
        .expect_error(&["suppressed"]);
    assert_eq!(json(&dir, &["alerts", "resolve", &id])["state"], "resolved");

    assert_eq!(
        json(&dir, &["alerts", "list"])["items"],
        Json::Array(Vec::new())
    );
    assert_eq!(
        json(&dir, &["alerts", "history"])["items"][0]["id"],
        id.as_str()
    );
    let story = json(&dir, &["alerts", "show", &id]);
    let steps: Vec<&str> = story["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["to"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["firing", "acknowledged", "suppressed", "resolved"]);
    assert_eq!(story["transitions"][1]["by"], "bob");
    let shown = on_file(&dir, &["alerts", "show", &id])
        .expect_code(0)
        .stdout;
    for piece in ["disk_full", "host=\"a\"", "bob", "mine", "resolved"] {
        assert!(shown.contains(piece), "no {piece} in {shown}");
    }
}

#[test]
fn lists_by_conditions() {
    let dir = Workdir::new();
    triggered(&dir, &["--severity", "critical"]);
    on_file(
        &dir,
        &[
            "alerts",
            "trigger",
            "slow",
            "-l",
            "host=b",
            "--severity",
            "info",
        ],
    )
    .expect_code(0);
    for (conditions, count) in [
        (&[] as &[&str], 2),
        (&["--severity", "warning"], 1),
        (&["--name", "slow"], 1),
        (&["-m", "host=~\"[ab]\""], 2),
        (&["-m", "host=~\"[ab]\"", "-m", "host!=\"b\""], 1),
        (&["--state", "acknowledged"], 0),
        (&["--state", "acknowledged", "--state", "firing"], 2),
        (&["--limit", "1"], 1),
    ] {
        let found = json(&dir, &[&["alerts", "list"], conditions].concat());
        assert_eq!(
            found["items"].as_array().unwrap().len(),
            count,
            "{conditions:?}"
        );
    }
    let summary = json(&dir, &["alerts", "summary"]);
    assert_eq!(
        (
            &summary["by_severity"]["critical"],
            &summary["by_severity"]["info"]
        ),
        (&1.into(), &1.into())
    );
    assert_eq!(summary["per_hour"][0]["count"], 2);
    let text = on_file(&dir, &["alerts", "summary"]).expect_code(0).stdout;
    assert!(
        text.contains("critical") && text.contains("began to fire"),
        "{text}"
    );
}

#[test]
fn too_many_of_one_are_refused() {
    let dir = Workdir::new();
    for _ in 0..20 {
        triggered(&dir, &[]);
    }
    let args = ["alerts", "trigger", "disk_full", "-l", "host=a", "--json"];
    let refused = on_file(&dir, &args).expect_code(1).json_error();
    assert_eq!(refused["code"], "alert_rate_limited");
    assert_eq!(json(&dir, &["alerts", "summary"])["dropped"], 1);
    triggered(&dir, &["--severity", "emergency"]);
}

#[test]
fn a_silence_keeps_an_alert_from_being_told() {
    let dir = Workdir::new();
    let silence = json(
        &dir,
        &[
            "silences",
            "add",
            "-m",
            "host=\"a\"",
            "--for",
            "1h",
            "--comment",
            "new disks",
            "--by",
            "ada",
        ],
    );
    assert_eq!(
        (&silence["status"], &silence["created_by"]),
        (&"active".into(), &"ada".into())
    );
    let muted = triggered(&dir, &[]);
    assert_eq!(muted["muted_by"][0], format!("silence:{}", id(&silence)));
    let listed = json(&dir, &["silences", "list", "--status", "active"]);
    assert_eq!(listed["items"][0]["matchers"][0], "host=\"a\"");
    assert_eq!(
        json(&dir, &["silences", "expire", &id(&silence)])["status"],
        "expired"
    );
    assert_eq!(
        json(&dir, &["alerts", "list"])["items"][0]["muted_by"],
        Json::Array(Vec::new())
    );
    on_file(&dir, &["silences", "expire", &id(&silence)])
        .expect_code(1)
        .expect_error(&["ended"]);
}

#[test]
fn a_test_alert_says_that_it_is_one() {
    let dir = Workdir::new();
    let test = json(&dir, &["alerts", "test"]);
    assert_eq!(
        (&test["name"], &test["severity"]),
        (&"TidegateTest".into(), &"info".into())
    );
}

#[test]
fn what_is_wrong_is_said() {
    let dir = Workdir::new();
    triggered(&dir, &[]);
    let unknown = "0195523c-0000-7000-8000-000000000000";
    for (args, code, exit, piece) in [
        (
            &["alerts", "ack", unknown] as &[&str],
            "not_found",
            1,
            "no alert",
        ),
        (&["alerts", "show", "x"], "invalid_field", 1, "UUID"),
        (
            &["alerts", "list", "--state", "bad"],
            "invalid_field",
            1,
            "firing",
        ),
        (
            &["alerts", "list", "-m", "host=~\"(\""],
            "invalid_field",
            1,
            "regular expression",
        ),
        (&["alerts", "trigger", ""], "invalid_field", 1, "name"),
        (
            &["alerts", "trigger", "x", "--severity", "bad"],
            "invalid_field",
            1,
            "emergency",
        ),
        (
            &["alerts", "trigger", "x", "--details", "{"],
            "invalid_field",
            1,
            "JSON",
        ),
        (&["alerts", "explain", "nothing"], "not_found", 1, "rule"),
        (&["alerts", "suppress", unknown], "usage", 2, "--for"),
        (
            &[
                "silences",
                "add",
                "-m",
                "host=~\".*\"",
                "--for",
                "1h",
                "--comment",
                "x",
            ],
            "invalid_field",
            1,
            "matchers",
        ),
        (
            &["silences", "add", "-m", "host=a", "--comment", "x"],
            "usage",
            2,
            "--for",
        ),
        (
            &["silences", "add", "--for", "1h", "--comment", "x"],
            "usage",
            2,
            "--match",
        ),
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let error = on_file(&dir, &args).expect_code(exit).json_error();
        assert_eq!(error["code"], code, "{args:?} {error}");
        assert!(
            error["message"].as_str().unwrap().contains(piece),
            "{args:?} {error}"
        );
    }
}
