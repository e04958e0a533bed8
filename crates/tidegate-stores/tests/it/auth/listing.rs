//! Lists of keys.

use tidegate_stores::auth::{self, KeyState, Scope};
use tidegate_stores::{Cursor, Error, ErrorKind, Id};

use super::issue;
use crate::support::{at, open};

#[test]
fn pages_hold_every_key_once() {
    let db = open();
    let mut made: Vec<Id> = (0..5)
        .map(|n| issue(&db, &format!("key {n}"), &[Scope::Read]).key.id)
        .collect();
    made.sort();
    let (mut listed, mut cursor): (Vec<Id>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = db
            .read(move |tx| Ok(auth::list(tx, cursor.as_ref(), 2)?))
            .unwrap();
        listed.extend(page.items.iter().map(|key| key.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, made);
}

#[test]
fn a_key_is_told_as_it_was_made() {
    let db = open();
    let scopes = [Scope::Read, Scope::Ingest, Scope::Read];
    let issued = issue(&db, "collector", &scopes);
    let id = issued.key.id;
    let key = db.read(move |tx| Ok(auth::get(tx, id)?)).unwrap();
    assert_eq!(key, issued.key);
    assert_eq!(key.scopes, [Scope::Ingest, Scope::Read]);
    assert_eq!((key.created_at, key.last_used_at), (at(0), None));
    assert_eq!(key.state(at(1)), KeyState::Active);
}

#[test]
fn an_unknown_key_is_not_found() {
    let db = open();
    let id = Id::new(at(0));
    let error = Error::from(db.read(move |tx| Ok(auth::get(tx, id)?)).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = db.write(move |tx| Ok(auth::revoke(tx, at(0), id)?));
    assert_eq!(Error::from(error.unwrap_err()).kind(), ErrorKind::NotFound);
}
