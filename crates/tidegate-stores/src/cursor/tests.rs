//! Tests of cursors and pages.

use proptest::prelude::*;

use super::{Cursor, Page};

#[test]
fn a_cursor_carries_its_key_through_text() {
    let key = (7_i64, "ä\"b".to_owned());
    let text = Cursor::after("names", &key).to_string();
    assert!(
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
    let back: (i64, String) = Cursor::parse(&text)
        .and_then(|c| c.key("names"))
        .expect("its own text");
    assert_eq!(back, key);
}

#[test]
fn foreign_texts_are_refused() {
    let cursor = Cursor::after("names", &7);
    let other = cursor.key::<i64>("series").unwrap_err();
    assert_eq!(other.to_string(), "cursor: it belongs to another list");
    let shape = cursor.key::<String>("names").unwrap_err();
    assert_eq!(
        shape.to_string(),
        "cursor: it is not one that was given out"
    );
    for text in ["", "x", "e30", "ä", "====", &"A".repeat(10_000)] {
        let error = Cursor::parse(text).expect_err(text);
        assert_eq!(error.field(), Some("cursor"));
    }
}

#[test]
fn a_page_ends_where_the_list_does() {
    let cut = |items: Vec<i64>| Page::cut(items, 2, |last| Cursor::after("n", last));
    assert_eq!(cut(vec![]).next, None);
    assert_eq!(cut(vec![1, 2]).next, None);
    let page = cut(vec![1, 2, 3]);
    assert_eq!(page.items, [1, 2]);
    assert_eq!(
        page.next.map(|next| next.key::<i64>("n").expect("a key")),
        Some(2)
    );
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "[A-Za-z0-9_=-]{0,40}|\\PC{0,20}") {
        if let Ok(cursor) = Cursor::parse(&text) {
            let _ = cursor.key::<(i64, String)>("names");
        }
    }
}
