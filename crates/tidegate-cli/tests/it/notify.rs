//! `notify` on a database file: what waits, what was tried, which targets there are.

use crate::place::{FILE, on_file};
use crate::support::Workdir;

/// A database with a target, as a server's configuration would make it.
fn with_target() -> Workdir {
    let dir = Workdir::new();
    on_file(&dir, &["metrics", "record", "up", "1"]).expect_code(0);
    let sql = "INSERT INTO tg_notify_target (name, source, kind, settings, severity_min, send_resolved, concurrency,
        timeout, is_enabled) VALUES ('oncall', 'file', 'log', '{}', 'info', 1, 4, 10000000, 1);
        UPDATE tg_notify_state SET routing = routing + 1";
    dir.run(["exec", FILE, sql]).expect_code(0);
    dir
}

#[test]
fn a_test_waits_for_a_server() {
    let dir = with_target();
    let sent = on_file(&dir, &["notify", "test", "oncall", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(
        (&sent["state"], &sent["kind"]),
        (&"waiting".into(), &"log".into())
    );
    let id = sent["id"].as_str().unwrap();
    let waiting = on_file(&dir, &["notify", "list", "--state", "waiting", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(waiting["items"][0]["id"], id);
    let shown = on_file(&dir, &["notify", "show", id]).expect_code(0).stdout;
    assert!(
        shown.contains("To oncall") && shown.contains("waiting"),
        "{shown}"
    );
    let targets = on_file(&dir, &["notify", "targets", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(targets["items"][0]["name"], "oncall");
    assert_eq!(targets["items"][0]["statistics"]["waiting"], 1);
}

#[test]
fn what_is_wrong_is_said() {
    let dir = with_target();
    for (args, piece) in [
        (&["notify", "test", "nobody"] as &[&str], "no target"),
        (
            &["notify", "show", "0195523c-0000-7000-8000-000000000000"],
            "no message",
        ),
        (&["notify", "list", "--state", "bad"], "state"),
        (&["notify", "list", "--fingerprint", "bad"], "fingerprint"),
    ] {
        on_file(&dir, args).expect_code(1).expect_error(&[piece]);
    }
    let nothing = on_file(&dir, &["notify", "list"]).expect_code(0);
    assert_eq!(nothing.stdout.trim(), "no such notifications");
}
