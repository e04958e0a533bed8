//! Tests of addresses and headers.

use super::*;

fn check(text: &str, expected: Result<&str, &str>) {
    match (base(text), expected) {
        (Ok(url), Ok(expected)) => assert_eq!(url.as_str(), expected),
        (Err(failure), Err(piece)) => {
            assert!(failure.to_string().contains(piece), "{failure}");
            assert_eq!(failure.exit_code(), crate::failure::USAGE);
        }
        (found, _) => panic!("{text}: {found:?}"),
    }
}

#[test]
fn addresses_of_servers() {
    check("http://127.0.0.1:7878", Ok("http://127.0.0.1:7878/"));
    check(
        "https://ops.example/tidegate",
        Ok("https://ops.example/tidegate"),
    );
    check("127.0.0.1:7878", Err("--server"));
    check("localhost:7878", Err("only http"));
    check("ftp://host", Err("only http"));
    check("http://", Err("--server"));
    check("http://key@host", Err("--key"));
    check("http://:key@host", Err("--key"));
    check("http://host/?x=1", Err("no query"));
}

#[test]
fn this_machine_needs_no_proxy() {
    for (text, expected) in [
        ("http://127.0.0.1:1", true),
        ("http://127.8.9.1", true),
        ("http://localhost", true),
        ("http://[::1]:7878", true),
        ("http://10.0.0.1", false),
        ("http://localhost.example", false),
    ] {
        assert_eq!(is_this_machine(&base(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn a_key_is_one_line_and_does_not_show() {
    let shown = format!("{:?}", headers(Some("tg_live_abc")).unwrap());
    assert!(!shown.contains("tg_live_abc"), "{shown}");
    headers(Some("tg_live\nX-Other: 1")).unwrap_err();
}
