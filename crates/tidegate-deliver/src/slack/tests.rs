//! What Slack is sent, and which settings are refused.

use std::time::SystemTime;

use super::*;

fn slack(settings: Value) -> Result<(), Failure> {
    serde_json::from_value::<Slack>(settings).unwrap().check()
}

#[test]
fn the_address_must_be_a_reference() {
    slack(json!({"url": "env:HOOK"})).unwrap();
    slack(json!({"url": "file:/run/hook", "allow_private": true})).unwrap();
    for settings in [
        json!({"url": "https://hooks.example.com/hunter2"}),
        json!({"url": "hunter2"}),
        json!({"url": 5}),
        json!({"url": "env:HOOK", "ca_file": "hunter2"}),
    ] {
        let failure = slack(settings).unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Config);
        assert!(!failure.to_string().contains("hunter2"), "{failure}");
    }
}

#[test]
fn no_text_becomes_markup_or_another_field() {
    let message = Message {
        id: "1".to_owned(),
        subject: "<!channel> \"},\"text\":\"x\n@here".to_owned(),
        text: "one\n<https://evil.example|click> & \x1b[31m".to_owned(),
        severity: "critical<".to_owned(),
        body: String::new(),
        at: SystemTime::UNIX_EPOCH,
    };
    let body = body(&message);
    assert_eq!(
        body["text"],
        "[CRITICAL&lt;] &lt;!channel&gt; \"},\"text\":\"x\\n@\u{200b}here"
    );
    assert_eq!(
        body["attachments"][0]["text"],
        "one\n&lt;https://evil.example|click&gt; &amp; \\u{1b}[31m"
    );
    assert_eq!(body["attachments"].as_array().unwrap().len(), 1);
}

#[test]
fn a_long_text_is_cut_before_it_is_escaped() {
    let message = Message {
        id: "1".to_owned(),
        subject: String::new(),
        text: "<".repeat(MAX_TEXT_CHARS + 7),
        severity: String::new(),
        body: String::new(),
        at: SystemTime::UNIX_EPOCH,
    };
    let text = body(&message)["attachments"][0]["text"].to_string();
    assert!(text.contains("&lt;… (7 more characters)"), "{text}");
}
