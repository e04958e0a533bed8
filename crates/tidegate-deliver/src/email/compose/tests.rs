//! No text becomes a header or an end of the mail.

use std::time::SystemTime;

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The mail's header lines without their names' values folded, and its body.
fn compose(subject: &str, text: &str, severity: &str) -> (Vec<String>, String) {
    let settings = json!({
        "host": "localhost",
        "from": "Tide \"gate\" <tidegate@example.com>",
        "to": ["Jö <jo@example.com>", "b@example.com"],
    });
    let email: Email = serde_json::from_value(settings).unwrap();
    let message = Message {
        id: "id-1".to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        severity: severity.to_owned(),
        body: String::new(),
        at: SystemTime::UNIX_EPOCH,
    };
    let mail = mail(&email, &message).unwrap().formatted();
    let mail = String::from_utf8(mail).unwrap();
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let fields = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']));
    let names = fields.map(|line| line.split(':').next().unwrap().to_owned());
    (names.collect(), body.to_owned())
}

const NAMES: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "X-Tidegate-Delivery",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
];

fn check(subject: &str, text: &str, severity: &str) {
    let (names, body) = compose(subject, text, severity);
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.retain(|name| *name != "MIME-Version");
    names.sort_unstable();
    let mut expected = NAMES;
    expected.sort_unstable();
    assert_eq!(names, expected, "{subject:?} {severity:?}");
    assert!(body.is_ascii());
    assert!(body.lines().all(|line| line.len() < 999));
}

#[test]
fn injections_stay_text() {
    for evil in [
        "x\r\nBcc: evil@example.com",
        "x\nBcc: evil@example.com\n\nbody",
        "x\rBcc: evil@example.com",
        "x\r\n.\r\nMAIL FROM:<evil@example.com>",
        "=?utf-8?q?x=0d=0aBcc:_evil@example.com?=",
        "\0\u{85}\u{2028}Bcc: evil@example.com",
        &"x".repeat(2_000),
        &"ä".repeat(1_000),
        "",
    ] {
        check(evil, "text", "info");
        check("subject", evil, "info");
        check("subject", "text", evil);
    }
}

proptest! {
    #[test]
    fn any_text_stays_text(subject in any::<String>(), text in any::<String>(), severity in "\\PC{0,9}|[\r\n :]{0,9}") {
        check(&subject, &text, &severity);
    }
}
