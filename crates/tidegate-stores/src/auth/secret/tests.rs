//! Tests of the text of keys.

use super::*;
use crate::timestamp::Timestamp;

#[test]
fn what_is_generated_is_taken_apart_again() {
    let id = Id::new(Timestamp::MIN);
    let (secret, hash) = Secret::generate(id).unwrap();
    let (found, presented) = take_apart(secret.reveal()).unwrap();
    assert_eq!(found, id);
    assert!(hash.is(&presented));
    assert!(!format!("{secret:?}").contains(&secret.reveal()[41..]));
}

#[test]
fn no_two_are_alike() {
    let id = Id::new(Timestamp::MIN);
    let (one, hash) = Secret::generate(id).unwrap();
    let (two, other) = Secret::generate(id).unwrap();
    assert_ne!(one.reveal(), two.reveal());
    assert!(!hash.is(&other));
}

#[test]
fn other_texts_have_no_parts() {
    let id = "0195512c8a007000800000000000000a";
    let texts = [
        String::new(),
        "tg_live_".to_owned(),
        format!("tg_live_{id}"),
        format!("tg_test_{id}_x"),
        format!("tg_live_{id}x"),
        "tg_live_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz_x".to_owned(),
        "tg_live_ääääääääääääääääääääääääääääääää_x".to_owned(),
        format!("tg_live_{}ä_x", &id[..31]),
    ];
    for text in texts {
        assert!(take_apart(&text).is_none(), "{text}");
    }
}
