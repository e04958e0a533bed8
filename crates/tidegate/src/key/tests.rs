//! What a key shows, what it hands to SQLCipher, and what it refuses.

use super::*;

#[test]
fn a_raw_key_becomes_the_literal() {
    let mut bytes = [0_u8; 32];
    bytes[0] = 0x0f;
    bytes[31] = 0xa5;
    let expected = format!("x'0f{}a5'", "00".repeat(30));
    Key::raw(bytes).expose(|text| assert_eq!(text, expected.as_bytes()));
}

#[test]
fn a_passphrase_is_handed_over_as_it_is() {
    Key::passphrase("it's a pass\0phrase").expose(|text| assert_eq!(text, b"it's a pass\0phrase"));
}

#[test]
fn debug_shows_the_kind_only() {
    assert_eq!(
        format!("{:?}", Key::passphrase("hunter2")),
        "Key(passphrase)"
    );
    assert_eq!(format!("{:#?}", Key::raw([7; 32])), "Key(raw)");
}

#[test]
fn a_clone_shares_the_memory() {
    let key = Key::raw([7; 32]);
    assert!(Arc::ptr_eq(&key.0, &key.clone().0));
}

#[test]
fn ambiguous_passphrases_are_refused() {
    let cases = [
        (String::new(), false),
        ("correct horse".to_owned(), true),
        (format!("x'{}'", "ab".repeat(32)), false),
        (format!("X'{}'", "AB".repeat(48)), false),
        (format!("x'{}'", "ab".repeat(80)), false),
        ("x''".to_owned(), false),
        ("x'it'".to_owned(), true),
        (format!("x'{}'", "zz".repeat(32)), true),
        (format!("y'{}'", "ab".repeat(32)), true),
        (format!("x'{}", "ab".repeat(32)), true),
    ];
    for (passphrase, accepted) in cases {
        let checked = Key::passphrase(passphrase.clone()).validate();
        assert_eq!(checked.is_ok(), accepted, "{passphrase:?}");
    }
    assert!(Key::raw([0; 32]).validate().is_ok());
}

#[test]
fn the_refusal_names_the_option_and_not_the_key() {
    let passphrase = format!("x'{}'", "ab".repeat(32));
    let message = Key::passphrase(passphrase)
        .validate()
        .unwrap_err()
        .to_string();
    assert!(message.contains("`key`"), "{message}");
    assert!(!message.contains("abab"), "{message}");
}
