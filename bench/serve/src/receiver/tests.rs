//! Tests of what counts as told, and told again.

use serde_json::{Value, json};

use super::Told;

/// The alerts of each message; then how many alerts, tellings again and messages are counted.
type Case<'a> = (&'a [&'a [Value]], (usize, u64, u64));

fn alert(instance: &str, status: &str) -> Value {
    json!({ "status": status, "labels": { "job": "bench", "instance": instance } })
}

#[test]
fn what_is_told_again_is_counted() {
    let other = json!({ "status": "firing", "labels": { "job": "other" } });
    let cases: [Case; 6] = [
        (&[], (0, 0, 0)),
        (&[&[alert("a", "firing"), alert("b", "firing")]], (2, 0, 1)),
        (
            &[&[alert("a", "firing")], &[alert("b", "firing")]],
            (2, 0, 2),
        ),
        (
            &[&[alert("a", "firing")], &[alert("a", "firing")]],
            (1, 1, 2),
        ),
        (
            &[&[alert("a", "firing")], &[alert("a", "resolved")]],
            (1, 0, 1),
        ),
        (&[&[other]], (0, 0, 0)),
    ];
    for (messages, expected) in cases {
        let mut told = Told::default();
        for alerts in messages {
            told.hear(&json!({ "alerts": alerts }));
        }
        assert_eq!(
            (told.alerts(), told.again, told.messages),
            expected,
            "{messages:?}"
        );
    }
}
