//! Tests of refusing plain secrets.

use super::check;
use crate::json_text::JsonText;

fn is_taken(text: &str) -> bool {
    let settings = JsonText::parse("settings", text).expect(text);
    check("settings", &settings).is_ok()
}

#[test]
fn secrets_are_references() {
    for taken in [
        "{}",
        r#"{"url": "https://example.org/hook"}"#,
        r#"{"password": "env:SMTP_PASSWORD"}"#,
        r#"{"password": "file:/run/secrets/smtp"}"#,
        r#"{"auth": {"token": "env:T"}, "headers": [{"Authorization": "env:A"}]}"#,
        r#"{"password": null, "token": {"file": "x"}, "tokens": "4", "secret": true}"#,
        r#"{"keyboard": "x", "group_key": "y"}"#,
    ] {
        assert!(is_taken(taken), "{taken}");
    }
    for refused in [
        "[]",
        "null",
        r#""env:X""#,
        r#"{"password": "hunter2"}"#,
        r#"{"PassWord": ""}"#,
        r#"{"api_key": 42}"#,
        r#"{"x": [{"y": {"smtp-passwd": "p"}}]}"#,
        r#"{"hmac_secret": "environment:X"}"#,
        r#"{"token": {"bot_token": "x"}}"#,
        r#"{"headers": {"Authorization": "Bearer x"}}"#,
    ] {
        assert!(!is_taken(refused), "{refused}");
    }
}

#[test]
fn an_error_names_the_member_and_keeps_its_value_to_itself() {
    let settings = JsonText::parse("settings", r#"{"password": "hunter2"}"#).expect("is JSON");
    let message = check("settings", &settings)
        .expect_err("refused")
        .to_string();
    assert!(
        message.contains("`password`") && !message.contains("hunter2"),
        "{message}"
    );
}
