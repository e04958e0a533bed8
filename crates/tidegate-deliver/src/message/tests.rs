//! Which messages are refused, and how their times are written.

use super::*;

fn message() -> Message {
    Message {
        id: "0199-a_Z".to_owned(),
        subject: "s".to_owned(),
        text: "t".to_owned(),
        severity: "info".to_owned(),
        body: "{}".to_owned(),
        at: SystemTime::UNIX_EPOCH,
    }
}

#[test]
fn a_bad_message_is_refused_by_the_name_of_its_part() {
    let check = |part: &str, change: fn(&mut Message)| {
        let mut message = message();
        change(&mut message);
        let failure = message.check().and_then(|()| message.check_body());
        let failure = failure.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Message);
        assert!(failure.is_permanent());
        assert!(failure.to_string().starts_with(part), "{failure}");
    };
    message().check().unwrap();
    message().check_body().unwrap();
    check("`id`", |m| m.id.clear());
    check("`id`", |m| m.id.push('\n'));
    check("`id`", |m| m.id.push('@'));
    check("`id`", |m| m.id.push('é'));
    check("`id`", |m| m.id = "a".repeat(MAX_ID + 1));
    check("`severity`", |m| m.severity = "a".repeat(MAX_SEVERITY + 1));
    check("`subject`", |m| m.subject = "a".repeat(MAX_SUBJECT + 1));
    check("`text`", |m| m.text = "a".repeat(MAX_TEXT + 1));
    check("`body`", |m| {
        m.body = format!("\"{}\"", "a".repeat(MAX_BODY))
    });
    check("`body`", |m| m.body.clear());
    check("`body`", |m| m.body = "{} {}".to_owned());
    check("`body`", |m| m.body = "[".repeat(100_000));
}

#[test]
fn a_time_is_written_whatever_it_is() {
    let check = |at: SystemTime, expected: &str| {
        let message = Message { at, ..message() };
        assert_eq!(message.rfc3339(), expected);
    };
    let epoch = SystemTime::UNIX_EPOCH;
    let year = Duration::from_secs(366 * 86_400);
    check(epoch, "1970-01-01T00:00:00.000000Z");
    check(
        epoch + Duration::from_micros(1_700_000_000_000_001),
        "2023-11-14T22:13:20.000001Z",
    );
    check(epoch - year, "1970-01-01T00:00:00.000000Z");
    check(epoch + 9_000 * year, "9999-12-30T22:00:00.000000Z");
}
