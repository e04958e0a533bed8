//! Which addresses are refused, and how little is shown of them.
#![expect(
    clippy::disallowed_methods,
    reason = "a test may block: nothing else runs on its thread"
)]

use super::*;

#[test]
fn a_wrong_address_is_refused_and_not_repeated() {
    for (text, reason) in [
        ("", "is no URL"),
        ("hooks.example.com/hunter2", "is no URL"),
        ("ftp://example.com/hunter2", "http"),
        ("data:text/plain,hunter2", "http"),
        ("http://", "is no URL"),
        ("https://bob:hunter2@example.com/", "secret"),
        ("https://hunter2@example.com/", "secret"),
        ("https://example.com/?token=hunter2", "secret"),
        ("https://example.com/#hunter2", "fragment"),
        (
            &format!("https://example.com/{}", "hunter2".repeat(400)),
            "longer",
        ),
    ] {
        let address = Address::new(text);
        let failure = address.check("url").unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Config);
        let written = serde_json::to_string(&address).unwrap();
        let shown = format!("{failure} {failure:?} {address} {address:?} {written}");
        assert!(failure.to_string().contains(reason), "{text}: {failure}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn only_the_origin_is_shown() {
    let text = "https://Hooks.Example.com:8443/path/hunter2";
    let address: Address = serde_json::from_value(text.into()).unwrap();
    address.check("url").unwrap();
    assert_eq!(address.to_string(), "https://hooks.example.com:8443");
    assert!(!format!("{address:?}").contains("hunter2"));
}

#[test]
fn an_odd_spelling_of_an_address_is_seen_through() {
    for host in [
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::ffff:7f00:1]",
        "１２７.0.0.1",
        "0",
    ] {
        let url = parse(&format!("http://{host}/")).unwrap();
        assert!(require_public_host(&url).is_err(), "{host}");
    }
    for host in ["1.1.1.1", "example.com", "[2606:4700::1]"] {
        let url = parse(&format!("http://{host}/")).unwrap();
        require_public_host(&url).unwrap();
    }
}

#[tokio::test]
async fn a_secret_address_is_fetched_and_its_parts_are_kept_from_answers() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("url");
    let address = Address::new(&format!("file:{}", file.display()));
    address.check("url").unwrap();
    let mut told = Told::default();
    std::fs::write(&file, "https://bob:pw1234@example.com/hunter2?k=v\n").unwrap();
    let url = address.fetch(&mut told).await.unwrap();
    assert_eq!(url.password(), Some("pw1234"));
    assert!(!told.excerpt("no hunter2 here").contains("hunter2"));
    std::fs::write(&file, "hunter2").unwrap();
    let failure = address.fetch(&mut told).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Secret);
    assert!(!failure.to_string().contains("hunter2"), "{failure}");
}
