//! A key from its making to its end.

use std::time::Duration;

use tidegate_stores::auth::{self, NewKey, ROTATION_OVERLAP_MAX, Refusal, Scope, Verdict};
use tidegate_stores::{Error, ErrorKind};

use super::{issue, verdict};
use crate::support::{at, open};

fn is_accepted(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Accepted(_))
}

#[test]
fn a_key_is_taken_by_its_whole_text_only() {
    let db = open();
    let issued = issue(&db, "one", &[Scope::Read]);
    let other = issue(&db, "two", &[Scope::Read]);
    let (text, theirs) = (issued.secret.reveal(), other.secret.reveal());
    assert!(is_accepted(&verdict(&db, at(0), text)));
    let mixed = format!("{}{}", &text[..41], &theirs[41..]);
    let cut = &text[..text.len() - 1];
    for wrong in ["", "tg_live_", cut, &mixed, &format!("{text} ")] {
        let refused = Verdict::Refused(Refusal::Invalid);
        assert_eq!(verdict(&db, at(0), wrong), refused, "{wrong}");
    }
}

#[test]
fn an_admin_may_everything_and_others_what_they_were_given() {
    let db = open();
    for (given, wanted, may) in [
        (Scope::Admin, Scope::Ingest, true),
        (Scope::Read, Scope::Read, true),
        (Scope::Read, Scope::Admin, false),
        (Scope::Ingest, Scope::Read, false),
    ] {
        let issued = issue(&db, "key", &[given]);
        let Verdict::Accepted(caller) = verdict(&db, at(0), issued.secret.reveal()) else {
            panic!("refused");
        };
        assert_eq!(caller.may(wanted), may, "{given} for {wanted}");
    }
}

#[test]
fn the_secret_is_nowhere_in_the_file() {
    let db = open();
    let issued = issue(&db, "one", &[Scope::Read]);
    let secret = issued.secret.reveal()[41..].to_owned();
    let path = db.dir.path().join("test.db");
    db.close().unwrap();
    let bytes = std::fs::read(path).unwrap();
    let found = bytes
        .windows(secret.len())
        .any(|window| window == secret.as_bytes());
    assert!(!found);
}

#[test]
fn a_key_expires_at_its_moment() {
    let db = open();
    let mut new = NewKey::new("short", [Scope::Read]);
    new.expires_at = Some(at(60));
    let issued = db
        .write(move |tx| Ok(auth::create(tx, at(0), &new)?))
        .unwrap();
    let text = issued.secret.reveal();
    assert!(is_accepted(&verdict(&db, at(59), text)));
    assert_eq!(
        verdict(&db, at(60), text),
        Verdict::Refused(Refusal::Expired)
    );
}

#[test]
fn a_revoked_key_is_refused_for_good() {
    let db = open();
    let issued = issue(&db, "gone", &[Scope::Admin]);
    let id = issued.key.id;
    let first = db
        .write(move |tx| Ok(auth::revoke(tx, at(5), id)?))
        .unwrap();
    let again = db
        .write(move |tx| Ok(auth::revoke(tx, at(9), id)?))
        .unwrap();
    assert_eq!(
        (first.revoked_at, again.revoked_at),
        (Some(at(5)), Some(at(5)))
    );
    let found = verdict(&db, at(9), issued.secret.reveal());
    assert_eq!(found, Verdict::Refused(Refusal::Revoked));
    let rotated = db.write(move |tx| Ok(auth::rotate(tx, at(9), id, Duration::ZERO)?));
    let error = Error::from(rotated.unwrap_err());
    assert_eq!(
        (error.kind(), error.found()),
        (ErrorKind::Conflict, Some("revoked"))
    );
}

#[test]
fn a_rotated_secret_is_taken_for_as_long_as_was_said() {
    let db = open();
    let issued = issue(&db, "turn", &[Scope::Read]);
    let id = issued.key.id;
    let hour = Duration::from_secs(3_600);
    let rotated = db
        .write(move |tx| Ok(auth::rotate(tx, at(10), id, hour)?))
        .unwrap();
    assert_eq!((rotated.key.id, rotated.key.rotated_at), (id, Some(at(10))));
    let old = issued.secret.reveal();
    assert!(is_accepted(&verdict(&db, at(3_609), old)));
    assert!(!is_accepted(&verdict(&db, at(3_610), old)));
    assert!(is_accepted(&verdict(
        &db,
        at(3_610),
        rotated.secret.reveal()
    )));
    let again = db.write(move |tx| Ok(auth::rotate(tx, at(20), id, Duration::ZERO)?));
    again.unwrap();
    assert!(!is_accepted(&verdict(&db, at(20), rotated.secret.reveal())));
}

#[test]
fn its_use_is_written_once_a_minute() {
    let db = open();
    let issued = issue(&db, "busy", &[Scope::Read]);
    let id = issued.key.id;
    // The last one is a clock that was set back.
    for (seconds, writes) in [(0, true), (59, false), (60, true), (61, false), (5, true)] {
        let now = at(seconds);
        let Verdict::Accepted(caller) = verdict(&db, now, issued.secret.reveal()) else {
            panic!("refused");
        };
        assert_eq!(caller.is_touch_due, writes, "at {seconds}");
        let wrote = db.write(move |tx| Ok(auth::touch(tx, now, id)?)).unwrap();
        assert_eq!(wrote, writes, "at {seconds}");
    }
}

#[test]
fn what_is_wrong_is_refused_with_its_field() {
    let db = open();
    let check = |change: fn(&mut NewKey), kind, field: &str| {
        let mut new = NewKey::new("key", [Scope::Read]);
        change(&mut new);
        let made = db.write(move |tx| Ok(auth::create(tx, at(0), &new)?));
        let error = Error::from(made.unwrap_err());
        assert_eq!((error.kind(), error.field()), (kind, Some(field)));
    };
    check(|new| new.name.clear(), ErrorKind::InvalidInput, "name");
    check(|new| new.name.push('\n'), ErrorKind::InvalidInput, "name");
    check(|new| new.name = "x".repeat(129), ErrorKind::Limit, "name");
    check(|new| new.scopes.clear(), ErrorKind::InvalidInput, "scopes");
    check(
        |new| new.scopes = vec![Scope::Read; 17],
        ErrorKind::Limit,
        "scopes",
    );
    check(
        |new| new.expires_at = Some(at(0)),
        ErrorKind::InvalidInput,
        "expires_at",
    );
    assert!(!db.read(|tx| Ok(auth::has_any(tx)?)).unwrap());

    let id = issue(&db, "key", &[Scope::Read]).key.id;
    let overlap = ROTATION_OVERLAP_MAX + Duration::from_secs(1);
    let rotated = db.write(move |tx| Ok(auth::rotate(tx, at(0), id, overlap)?));
    assert_eq!(Error::from(rotated.unwrap_err()).field(), Some("overlap"));
}
