//! Service keys in either place.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate::{ReadTx, Tx};
use tidegate_stores::auth::{self, Issued, Key, NewKey, Scope};
use tidegate_stores::{Id, Timestamp};

use super::page::PageArgs;
use super::{Place, wire};
use crate::clock;
use crate::failure::Result;

/// A key to be made.
#[derive(Clone, Debug)]
pub(crate) struct KeyToMake {
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Place<'_> {
    /// The keys, in the order in which they were made.
    pub(crate) async fn keys(&self, page: &PageArgs) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.get(&["keys"], page.query()).await,
            Self::File(stores) => stores,
        };
        let (cursor, limit) = page.parsed()?;
        let look = move |tx: &mut ReadTx<'_>| auth::list(tx, cursor.as_ref(), limit);
        let (now, page) = (clock::now(), stores.read(look).await?);
        Ok(wire::page(page, |found| key(&found, now)))
    }

    /// Makes a key; the answer holds its text, this one time.
    pub(crate) async fn create_key(&self, new: KeyToMake) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
                let body = wire::without_nulls(json!({
                    "name": new.name,
                    "scopes": scopes,
                    "expires_at": new.expires_at.map(wire::moment),
                }));
                return client.post(&["keys"], &body).await;
            }
            Self::File(stores) => stores,
        };
        let now = clock::now();
        let mut wanted = NewKey::new(new.name, new.scopes);
        wanted.expires_at = new.expires_at;
        let create = move |tx: &mut Tx<'_>| auth::create(tx, now, &wanted);
        Ok(issued(&stores.write(create).await?, now))
    }

    /// Gives a key another secret; the answer holds its text, this one time.
    pub(crate) async fn rotate_key(&self, id: &str, overlap: Duration) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let overlap = humantime::format_duration(overlap).to_string();
                let body = json!({ "overlap": overlap });
                return client.post(&["keys", id, "rotate"], &body).await;
            }
            Self::File(stores) => stores,
        };
        let (now, id) = (clock::now(), Id::parse(id)?);
        let rotate = move |tx: &mut Tx<'_>| auth::rotate(tx, now, id, overlap);
        Ok(issued(&stores.write(rotate).await?, now))
    }

    /// Takes a key back for good.
    pub(crate) async fn revoke_key(&self, id: &str) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.delete(&["keys", id]).await,
            Self::File(stores) => stores,
        };
        let (now, id) = (clock::now(), Id::parse(id)?);
        let revoke = move |tx: &mut Tx<'_>| auth::revoke(tx, now, id);
        Ok(key(&stores.write(revoke).await?, now))
    }
}

fn key(key: &Key, now: Timestamp) -> Json {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    wire::without_nulls(json!({
        "id": key.id.to_string(),
        "name": key.name,
        "scopes": scopes,
        "state": key.state(now).as_str(),
        "created_at": wire::moment(key.created_at),
        "rotated_at": key.rotated_at.map(wire::moment),
        "expires_at": key.expires_at.map(wire::moment),
        "revoked_at": key.revoked_at.map(wire::moment),
        "last_used_at": key.last_used_at.map(wire::moment),
    }))
}

fn issued(issued: &Issued, now: Timestamp) -> Json {
    json!({ "key": key(&issued.key, now), "secret": issued.secret.reveal() })
}
