//! Service keys: who is let in, and when no more.

mod lifecycle;
mod listing;

use tidegate_stores::Timestamp;
use tidegate_stores::auth::{self, Issued, NewKey, Scope, Verdict};

use crate::support::{TestDb, at};

fn issue(db: &TestDb, name: &str, scopes: &[Scope]) -> Issued {
    let new = NewKey::new(name, scopes.iter().copied());
    db.write(move |tx| Ok(auth::create(tx, at(0), &new)?))
        .unwrap()
}

fn verdict(db: &TestDb, now: Timestamp, text: &str) -> Verdict {
    let text = text.to_owned();
    db.read(move |tx| Ok(auth::verify(tx, now, &text)?))
        .unwrap()
}
