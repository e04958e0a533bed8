//! Both forms of the header, and nonsense.

use super::*;

#[test]
fn it_is_read_in_seconds_and_as_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let check = |text: &[u8], expected: Option<u64>| {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, text.try_into().unwrap());
        let found = retry_after(&headers, now);
        assert_eq!(found, expected.map(Duration::from_secs), "{text:?}");
    };
    check(b"0", Some(0));
    check(b"120", Some(120));
    check(b" 7 ", Some(7));
    check(b"86401", Some(86_400));
    check(b"99999999999999999999999999", Some(86_400));
    check(b"Sun, 06 Nov 1994 08:50:37 GMT", Some(60));
    check(b"Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
    check(b"Sat, 06 Nov 2094 08:00:00 GMT", Some(86_400));
    check(b"soon", None);
    check(b"-1", None);
    check(b"1.5", None);
    check(b"", None);
    check(b"\xff", None);
    assert_eq!(retry_after(&HeaderMap::new(), now), None);
}
