//! Which settings are refused, by name and without what is secret.

use serde_json::{Value, from_value, json};

use super::*;
use crate::failure::FailureKind;

fn settings(change: Value) -> Value {
    let mut all =
        json!({"host": "mail.example.com", "from": "a@example.com", "to": ["b@example.com"]});
    for (name, value) in change.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

#[test]
fn a_bad_setting_is_refused_by_its_name() {
    let check = |name: &str, change: Value| {
        let email: Email = from_value(settings(change.clone())).unwrap();
        let failure = email.check().unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Config);
        let text = failure.to_string();
        assert!(text.starts_with(&format!("`{name}`")), "{change}: {text}");
        let shown = format!("{text} {email:?} {}", email.place());
        assert!(
            !shown.contains("hunter2") && !shown.contains(['\r', '\n']),
            "{shown}"
        );
    };
    for host in [
        "",
        "a b",
        "a\r\nb",
        "mail.example.com:25",
        "-",
        "a..b",
        "ä.example",
    ] {
        check("host", json!({"host": host}));
    }
    for name in ["", "a\r\nMAIL FROM:<x>", "a b"] {
        check("hello_name", json!({"hello_name": name}));
    }
    for address in [
        "",
        "a",
        "a@",
        "@b",
        "a b@c.example",
        "a@b\r\nBcc: c@example.com",
        "a\n@example.com",
        "X\r\nBcc: evil@example.com <a@example.com>",
        "\"a\r\nb\"@example.com",
        "ä@example.com",
        "a@bücher.example",
        "a@example.com>",
        "a@example.com, c@example.com",
        "X\u{202e} <a@example.com>",
        &format!("{}@example.com", "a".repeat(400)),
    ] {
        check("from", json!({"from": address}));
        check("to", json!({"to": [address]}));
        check("to", json!({"to": ["ok@example.com", address]}));
    }
    check("to", json!({"to": []}));
    check("to", json!({"to": vec!["a@example.com"; 101]}));
    check("port", json!({"port": 0}));
    check("password", json!({"username": "a"}));
    check("username", json!({"password": "env:A"}));
    check("username", json!({"username": "", "password": "env:A"}));
    check(
        "username",
        json!({"username": "a\r\nb", "password": "env:A"}),
    );
    check("password", json!({"username": "a", "password": "hunter2"}));
    check("ca_file", json!({"ca_file": "relative.pem"}));
}

#[test]
fn the_port_follows_from_the_encryption() {
    let place = |change: Value| {
        let email: Email = from_value(settings(change)).unwrap();
        email.check().unwrap();
        email.place()
    };
    assert_eq!(place(json!({})), "mail.example.com:587");
    assert_eq!(place(json!({"tls": "tls"})), "mail.example.com:465");
    assert_eq!(
        place(json!({"tls": "none", "host": "127.0.0.1"})),
        "127.0.0.1:25"
    );
    assert_eq!(place(json!({"port": 2525, "host": "::1"})), "::1:2525");
}
