//! Looking messages up, and the groups that they are of.

use tidegate_stores::notify::{self, MessageFilter, MessageState, Retry};
use tidegate_stores::{ErrorKind, Id};

use super::{announce, claim_one, deliver, fail, firing, resolved, target, with_targets};
use crate::support::{TestDb, at};

/// The targets of the messages that a filter means, page after page of two.
fn found(db: &TestDb, filter: MessageFilter) -> Vec<String> {
    let all = db.read(move |tx| {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = notify::messages(tx, &filter, cursor.as_ref(), 2)?;
            all.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(all),
            }
        }
    });
    let all = all.unwrap().into_iter();
    all.map(|message| format!("{} {}", message.target, message.state))
        .collect()
}

#[test]
fn messages_of_all_targets_are_found_by_what_they_are() {
    let db = with_targets(vec![target("ops"), target("pager")]);
    let (disk, load) = (firing("disk", "a"), firing("load", "a"));
    announce(&db, at(0), &disk);
    deliver(&db, at(30), "ops");
    let failed = claim_one(&db, at(31), "pager");
    fail(
        &db,
        at(32),
        &failed,
        Retry::After(std::time::Duration::from_secs(600)),
    );
    announce(&db, at(40), &load);
    let is = |set: fn(&mut MessageFilter)| {
        let mut filter = MessageFilter::default();
        set(&mut filter);
        found(&db, filter)
    };
    // Those of one moment are in any order.
    let sorted = |mut found: Vec<String>| {
        found.sort_unstable();
        found
    };
    let waits = |target: &str| format!("{target} waiting");
    assert_eq!(
        sorted(is(|_| {})),
        [
            "ops sent",
            &waits("ops"),
            &waits("ops"),
            &waits("pager"),
            &waits("pager")
        ]
    );
    assert_eq!(
        is(|filter| filter.states = vec![MessageState::Sent]),
        ["ops sent"]
    );
    assert_eq!(
        is(|filter| {
            filter.states = vec![MessageState::Waiting];
            filter.is_tried = Some(true);
        }),
        [waits("pager")]
    );
    assert_eq!(
        sorted(is(|filter| filter.since = Some(at(40)))),
        [waits("ops"), waits("pager")]
    );
    assert_eq!(
        is(|filter| filter.targets = vec!["pager".to_owned()]).len(),
        2
    );
    let mut of_disk = MessageFilter::default();
    of_disk.fingerprint = Some(disk.fingerprint);
    assert_eq!(sorted(found(&db, of_disk)), ["ops sent", "pager waiting"]);
    let mut of_load = MessageFilter::default();
    of_load.fingerprint = Some(load.fingerprint);
    assert_eq!(found(&db, of_load), [""; 0], "nothing names it yet");
    let named = db.read(move |tx| Ok(notify::named_alerts(tx, failed.id, 10)?));
    assert_eq!(named.unwrap(), [disk.fingerprint]);
}

#[test]
fn a_message_that_is_not_there_names_no_alerts() {
    let db = with_targets(vec![target("ops")]);
    let gone = db.read(|tx| Ok(notify::named_alerts(tx, Id::new(at(0)), 10)?));
    let error = tidegate_stores::Error::from(gone.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn groups_hold_what_fires() {
    let db = with_targets(vec![target("ops"), target("pager")]);
    let alerts = [
        firing("disk", "a"),
        firing("disk", "b"),
        firing("load", "a"),
    ];
    for alert in &alerts {
        announce(&db, at(0), alert);
    }
    let told = || {
        let groups = db.read(|tx| Ok(notify::groups(tx)?)).unwrap();
        let told = groups.into_iter().map(|group| {
            let name = group.labels.get("alertname").unwrap().to_owned();
            (name, group.target, group.alerts.len())
        });
        let mut told: Vec<_> = told.collect();
        told.sort_unstable();
        told
    };
    let group = |name: &str, target: &str, count| (name.to_owned(), target.to_owned(), count);
    assert_eq!(
        told(),
        [
            group("disk", "ops", 2),
            group("disk", "pager", 2),
            group("load", "ops", 1),
            group("load", "pager", 1),
        ]
    );
    announce(&db, at(10), &resolved(&alerts[2], at(10)));
    announce(&db, at(10), &resolved(&alerts[0], at(10)));
    assert_eq!(told(), [group("disk", "ops", 1), group("disk", "pager", 1)]);
}
