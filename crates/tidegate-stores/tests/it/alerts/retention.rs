//! Forgetting what is long over.

use tidegate_stores::alerts::{self, NewSilence, Severity};
use tidegate_stores::{ErrorKind, Matcher};

use super::{active, open_manual, read, resolve, write};
use crate::support::{TestDb, at, open};

const DAY: i64 = 86_400;

fn retain(db: &TestDb, second: i64, budget: usize) -> (u64, bool) {
    let done = write(db, move |tx| alerts::retain_step(tx, at(second), budget)).unwrap();
    (done.rows, done.more)
}

fn rows(db: &TestDb, table: &str) -> i64 {
    db.query_scalar(format!("SELECT count(*) FROM {table}"), ())
        .unwrap()
}

#[test]
fn resolved_alerts_go_with_their_story() {
    let db = open();
    let open_at = |second, name: &str| open_manual(&db, at(second), name, Severity::Info);
    let kept = open_at(0, "kept");
    for n in 0..5 {
        let id = open_at(n, &format!("x{n}"));
        resolve(&db, at(n * DAY), id).unwrap();
    }
    assert_eq!(
        retain(&db, 90 * DAY, 10),
        (0, false),
        "the first is as old as is kept"
    );
    assert_eq!(
        retain(&db, 93 * DAY, 2),
        (2 + 2, true),
        "two alerts, and two rate limits"
    );
    let _ = retain(&db, 93 * DAY, 10);
    assert_eq!(active(&db)[0].id, kept);
    assert_eq!(
        (rows(&db, "tg_alert"), rows(&db, "tg_alert_transition")),
        (3, 5)
    );
    assert_eq!(rows(&db, "tg_alert_rate"), 0);
}

#[test]
fn old_silences_go_and_others_stay() {
    let db = open();
    let silence = |ends: i64| {
        let silence = NewSilence {
            matchers: Matcher::parse_list("a=b").unwrap(),
            author: "ada".to_owned(),
            comment: "x".to_owned(),
            starts_at: at(0),
            ends_at: at(ends),
        };
        write(&db, move |tx| alerts::silence(tx, at(0), silence)).unwrap()
    };
    let (old, long) = (silence(10), silence(200 * DAY));
    super::escalate(&db, at(100 * DAY), 10);
    assert_eq!(retain(&db, 100 * DAY, 10), (1, false));
    let get = |id| read(&db, move |tx| alerts::get_silence(tx, id));
    assert_eq!(get(old).unwrap_err().kind(), ErrorKind::NotFound);
    get(long).unwrap();
}
