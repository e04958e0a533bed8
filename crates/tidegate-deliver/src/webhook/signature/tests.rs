//! Signatures as Python's `hmac` makes them.

use super::*;

#[test]
fn it_is_what_another_implementation_says() {
    let check = |key: String, timestamp: u64, body: &str, expected: &str| {
        assert_eq!(header(key.as_bytes(), timestamp, body), expected);
    };
    check(
        "hunter2".to_owned(),
        1700000000,
        r#"{"a":1}"#,
        "t=1700000000,v1=56b25cbf563812b38800e5f4dd1febfde087d36841155e70b3aa285517e1570a",
    );
    check(
        "k".to_owned(),
        0,
        r#""#,
        "t=0,v1=6b4a4b8b3c40f1e8f53a3d36682e5f99f7ad2ac1df1c93dfe336f329167641e7",
    );
    check(
        "ä".repeat(100),
        1,
        r#""ö""#,
        "t=1,v1=c4ca3f3c13b539c6bd617b0e43ff0fd5c5fef122e6e944ee2f03253fa8abece8",
    );
}
