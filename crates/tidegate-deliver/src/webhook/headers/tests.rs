//! Which headers are refused, and that what passes is harmless.

use proptest::prelude::*;

use super::*;

fn headers(name: &str, value: &str) -> Headers {
    Headers([(name.to_owned(), value.to_owned())].into())
}

#[test]
fn a_bad_header_is_refused_by_its_name() {
    for (name, value, reason) in [
        ("", "x", "no header's name"),
        ("A B", "x", "no header's name"),
        ("A\r\nB", "x", "no header's name"),
        ("A:", "x", "no header's name"),
        ("Ä", "x", "no header's name"),
        ("Content-Type", "x", "set by itself"),
        ("content-LENGTH", "1", "set by itself"),
        ("Host", "x", "set by itself"),
        ("Transfer-Encoding", "chunked", "set by itself"),
        ("X-Tidegate-Signature", "x", "set by itself"),
        ("x-tidegate-new", "x", "set by itself"),
        ("Proxy-Connection", "x", "set by itself"),
        ("Authorization", "hunter2", "secret_headers"),
        ("X-Api-Key", "hunter2", "secret_headers"),
        ("Cookie", "hunter2", "secret_headers"),
        ("X-Team", "ops\r\nX-Evil: 1", "`headers.X-Team`"),
        ("X-Team", "ops\0", "`headers.X-Team`"),
        ("X-Team", "öps", "`headers.X-Team`"),
        ("X-Team", &"x".repeat(MAX_VALUE + 1), "`headers.X-Team`"),
    ] {
        let headers = headers(name, value);
        let failure = headers.check().unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Config);
        let text = failure.to_string();
        assert!(text.contains(reason), "{name:?}: {text}");
        assert!(!format!("{failure} {headers:?}").contains("hunter2"));
    }
    headers("X-Team", "operations: 1, 2").check().unwrap();
}

#[test]
fn no_header_is_given_twice_and_their_number_is_limited() {
    let secret = |name: &str| SecretHeaders([(name.to_owned(), Secret::new("env:A"))].into());
    secret("Authorization").check(&Headers::default()).unwrap();
    let twice = secret("x-team").check(&headers("X-Team", "a")).unwrap_err();
    assert!(twice.to_string().contains("a second time"), "{twice}");
    let many = (0..=MAX_HEADERS).map(|n| (format!("X-{n}"), String::new()));
    let many = Headers(many.collect()).check().unwrap_err();
    assert!(many.to_string().contains("more than 32"), "{many}");
    let written = SecretHeaders([("A".to_owned(), Secret::new("hunter2"))].into());
    let failure = written.check(&Headers::default()).unwrap_err();
    assert!(
        failure.to_string().contains("`secret_headers.A`"),
        "{failure}"
    );
}

proptest! {
    #[test]
    fn what_passes_has_no_line_end_and_keeps_its_value(
        name in "[!-~\r\n]{0,12}", value in "[ -~\r\n\0\u{80}]{0,20}",
    ) {
        let headers = headers(&name, &value);
        if headers.check().is_ok() {
            let all = headers.all();
            prop_assert_eq!(all.get(&name).unwrap().as_bytes(), value.as_bytes());
            prop_assert!(!value.contains(['\r', '\n', '\0']));
            prop_assert!(!name.contains(['\r', '\n', ':', ' ']));
        }
    }
}
