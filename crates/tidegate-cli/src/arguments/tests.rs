//! Tests of arguments.

use super::*;

#[test]
fn labels_are_split_at_the_first_sign() {
    for (text, expected) in [
        ("job=api", Some(("job", "api"))),
        ("path=/a=b", Some(("path", "/a=b"))),
        ("empty=", Some(("empty", ""))),
        ("=x", None),
        ("job", None),
    ] {
        let found = label(text).ok();
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn durations_and_moments() {
    assert_eq!(duration("1m 30s"), Ok(Duration::from_secs(90)));
    assert!(duration("0s").is_err() && duration("soon").is_err());
    assert_eq!(duration_or_none("0s"), Ok(Duration::ZERO));
    assert!(moment("2026-03-01T12:00:00Z").is_ok() && moment("yesterday").is_err());
}
