//! Lists: order, pages, full text.

use proptest::prelude::*;
use tidegate_stores::events::{self, Filter};
use tidegate_stores::{Error, ErrorKind, JsonText};

use super::{event, event_at, filter, page, record, search, titles};
use crate::support::{TestDb, at, open};

#[test]
fn the_newest_comes_first_and_pages_follow_each_other() {
    let db = open();
    record(
        &db,
        at(0),
        (0..10)
            .map(|n| event_at(&format!("{n}"), at(-(n % 4))))
            .collect(),
    );
    let expected = ["8", "4", "0", "9", "5", "1", "6", "2", "7", "3"];
    for limit in [1, 3, 10, 11] {
        assert_eq!(titles(&db, &Filter::default(), limit), expected);
    }
}

#[test]
fn what_is_recorded_between_two_pages_repeats_and_hides_nothing() {
    let db = open();
    record(&db, at(0), vec![event("a"), event("b"), event("c")]);
    let first = page(&db, &Filter::default(), 2);
    record(&db, at(1), vec![event("new")]);
    let next = first.next;
    let second = db
        .read(move |tx| Ok(events::list(tx, &Filter::default(), next.as_ref(), 2)?))
        .unwrap();
    assert_eq!(second.items[0].title, "a");
    assert!(second.next.is_none());
}

fn searchable() -> TestDb {
    let db = open();
    let mut described = event("Backup done");
    described.description = "The disk is full again: 100% of /var\nTry NOT to panic".into();
    let mut detailed = event("Crème brûlée");
    detailed.details =
        Some(JsonText::parse("details", r#"{"code":"E-1234","path":"/srv/*"}"#).unwrap());
    let mut tagged = event("C++ title:x");
    tagged.tags = vec!["on-call".into()];
    record(&db, at(0), vec![described, detailed, tagged]);
    db
}

#[test]
fn words_are_found_everywhere_whatever_their_case_and_accents() {
    let db = searchable();
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(titles(&db, &search(text), 10), expected, "{text}")
    };
    check("DISK full", &["Backup done"]);
    check("full disk", &["Backup done"]);
    check("\"disk is full\"", &["Backup done"]);
    check("\"full disk\"", &[]);
    check("creme BRULEE", &["Crème brûlée"]);
    check("E-1234", &["Crème brûlée"]);
    check("on-call", &["C++ title:x"]);
    check("dis", &[]);
    check("disk nothing", &[]);
}

#[test]
fn nothing_in_a_search_is_syntax_by_accident() {
    let db = searchable();
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(titles(&db, &search(text), 10), expected, "{text}")
    };
    check("disk OR brulee", &[]);
    check("NOT panic", &["Backup done"]);
    check("title:x", &["C++ title:x"]);
    check("description:disk", &[]);
    check("NEAR(disk full)", &[]);
    check("dis*", &[]);
    check("^disk", &["Backup done"]);
    check("-full", &["Backup done"]);
    check("C++", &["C++ title:x"]);
    check("(disk", &["Backup done"]);
    check("disk\" full", &["Backup done"]);
}

#[test]
fn wrong_pages_are_refused() {
    let db = open();
    let limit = |limit| {
        let list = db.read(move |tx| Ok(events::list(tx, &Filter::default(), None, limit)?));
        Error::from(list.unwrap_err()).kind()
    };
    assert_eq!(limit(0), ErrorKind::InvalidInput);
    assert_eq!(limit(1_001), ErrorKind::Limit);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever is typed, the answer is events or a refusal of the text, never an error of the database.
    #[test]
    fn any_search_is_answered(text in "\\PC{0,30}|[a-z\"*:^() +-]{0,20}|(AND|OR|NOT|NEAR|\"| |a|\\*|\\{|,){0,10}") {
        thread_local! {
            static DB: TestDb = searchable();
        }
        let filter = filter(|filter| filter.text = Some(text));
        let answer = DB.with(|db| db.read(move |tx| Ok(events::list(tx, &filter, None, 5)?)));
        if let Err(error) = answer {
            let error = Error::from(error);
            prop_assert_eq!(error.field(), Some("text"), "{}", error);
        }
    }
}
