//! Targets as they stand in a configuration.

use serde_json::{Value, from_value, json, to_value};

use super::*;

#[test]
fn a_target_of_each_kind_is_read_checked_and_written_out_again() {
    let check = |settings: Value, place: &str| {
        let target: Target = from_value(settings.clone()).unwrap();
        target.check().unwrap();
        assert_eq!(target.kind(), settings["kind"]);
        assert_eq!(target.place(), place);
        let written = to_value(&target).unwrap();
        assert_eq!(from_value::<Target>(written).unwrap(), target);
    };
    check(json!({"kind": "log"}), "");
    check(json!({"kind": "console"}), "");
    check(json!({"kind": "file", "path": "/var/log/a"}), "/var/log/a");
    check(
        json!({"kind": "email", "host": "mail", "from": "a@b.example", "to": ["c@d.example"], "tls": "tls",
               "port": 1, "username": "u", "password": "env:P", "allow_plaintext": true, "hello_name": "h",
               "ca_file": "/ca"}),
        "mail:1",
    );
    check(
        json!({"kind": "webhook", "url": "http://h.example/p", "signing_secret": "env:S", "headers": {"X-A": "b"},
               "secret_headers": {"X-C": "file:/d"}, "follow_redirects": true, "allow_private": true,
               "ca_file": "/ca"}),
        "http://h.example",
    );
    check(
        json!({"kind": "slack", "url": "file:/run/hook"}),
        "file:/run/hook",
    );
}

#[test]
fn what_is_not_known_or_missing_is_refused_by_its_name() {
    for (settings, name) in [
        (json!({"kind": "pigeon"}), "pigeon"),
        (json!({"path": "/a"}), "kind"),
        (json!({"kind": "log", "level": "info"}), "level"),
        (json!({"kind": "console", "color": true}), "color"),
        (json!({"kind": "file"}), "path"),
        (json!({"kind": "file", "path": "/a", "mode": 1}), "mode"),
        (json!({"kind": "webhook"}), "url"),
        (
            json!({"kind": "webhook", "url": "http://a.example", "secret": "hunter2"}),
            "secret",
        ),
        (
            json!({"kind": "slack", "url": "env:A", "headers": {}}),
            "headers",
        ),
        (
            json!({"kind": "email", "host": "a", "from": "b@c.example", "to": [], "bcc": []}),
            "bcc",
        ),
        (
            json!({"kind": "email", "host": "a", "from": "b@c.example", "to": [], "tls": "maybe"}),
            "maybe",
        ),
        (
            json!({"kind": "email", "host": "a", "from": "b@c.example", "to": [], "port": 65_536}),
            "65536",
        ),
    ] {
        let error = from_value::<Target>(settings.clone())
            .unwrap_err()
            .to_string();
        assert!(error.contains(name), "{settings}: {error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_secret_in_the_configuration_is_refused_and_shown_nowhere() {
    for settings in [
        json!({"kind": "webhook", "url": "https://h.example", "signing_secret": "hunter2"}),
        json!({"kind": "webhook", "url": "https://h.example", "secret_headers": {"A": "hunter2"}}),
        json!({"kind": "webhook", "url": "https://hunter2:x@h.example"}),
        json!({"kind": "webhook", "url": "https://h.example", "signing_secret": ["hunter2"]}),
        json!({"kind": "slack", "url": "https://h.example/hunter2"}),
        json!({"kind": "email", "host": "a", "from": "b@c.example", "to": ["d@e.example"], "username": "f",
               "password": "hunter2"}),
    ] {
        let target: Target = from_value(settings.clone()).unwrap();
        let failure = target.check().unwrap_err();
        let shown = format!("{failure} {failure:?} {target:?} {}", target.place());
        assert!(!shown.contains("hunter2"), "{settings}: {shown}");
    }
}

#[test]
fn a_relative_path_is_refused() {
    let target: Target = from_value(json!({"kind": "file", "path": "alerts"})).unwrap();
    assert!(
        target
            .check()
            .unwrap_err()
            .to_string()
            .starts_with("`path`")
    );
}
