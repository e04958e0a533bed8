//! Tests of reading keys.

use std::io::Write;

use super::*;

fn key_in_file(text: &str) -> Result<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    from_file(file.path()).map(|key| format!("{key:?}"))
}

#[test]
fn a_file_holds_a_passphrase_or_a_raw_key() {
    let raw = format!("x'{}'", "0f".repeat(32));
    for (text, kind) in [
        ("correct horse\n", "Key(passphrase)"),
        ("correct horse\r\n", "Key(passphrase)"),
        (raw.as_str(), "Key(raw)"),
        ("x'zz'", "Key(passphrase)"),
    ] {
        assert_eq!(key_in_file(text).unwrap(), kind);
    }
}

#[test]
fn what_is_no_key_is_refused_without_showing_it() {
    for text in ["", "\n", "x'00'"] {
        let failure = key_in_file(text).unwrap_err();
        assert!(!failure.to_string().contains("00"), "{failure}");
    }
}
