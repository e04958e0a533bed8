//! The line that is shown.

use std::time::SystemTime;

use super::*;

#[test]
fn a_message_is_one_harmless_line() {
    let mut message = Message {
        id: "id-1".to_owned(),
        subject: "disk\nfull".to_owned(),
        text: "\u{1b}]0;evil\u{7}\r\u{202e}".to_owned(),
        severity: "critical".to_owned(),
        body: String::new(),
        at: SystemTime::UNIX_EPOCH,
    };
    assert_eq!(
        text(&message),
        "1970-01-01T00:00:00.000000Z CRITICAL disk\\nfull: \\u{1b}]0;evil\\u{7}\\r\\u{202e} (id id-1)\n"
    );
    message.text = "\n".repeat(10_000);
    let long = text(&message);
    assert!(long.ends_with(" more characters) (id id-1)\n"), "{long}");
    assert_eq!(long.matches('\n').count(), 1);
}
