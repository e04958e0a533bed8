//! Silences in either place.

use serde_json::{Value as Json, json};
use tidegate::{ReadTx, Tx};
use tidegate_stores::alerts::{self, NewSilence, Silence, SilenceStatus};
use tidegate_stores::{Id, Matcher, Timestamp};

use super::page::PageArgs;
use super::{Place, wire};
use crate::clock;
use crate::failure::Result;

/// A silence to be made.
#[derive(Clone, Debug)]
pub(crate) struct ToSilence {
    pub(crate) matchers: Vec<String>,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) ends_at: Timestamp,
    pub(crate) comment: String,
    pub(crate) who: String,
}

impl Place<'_> {
    /// The silences of a status, or all, the newest first.
    pub(crate) async fn silences(&self, status: Option<&str>, page: &PageArgs) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let query = page.query().add("status", status);
                return client.get(&["silences"], query).await;
            }
            Self::File(stores) => stores,
        };
        let status: Option<SilenceStatus> = status.map(str::parse).transpose()?;
        let (cursor, limit) = page.parsed()?;
        let look = move |tx: &mut ReadTx<'_>| alerts::silences(tx, status, cursor.as_ref(), limit);
        Ok(wire::page(stores.read(look).await?, |found| {
            silence(&found)
        }))
    }

    /// Makes a silence.
    pub(crate) async fn add_silence(&self, wanted: &ToSilence) -> Result<Json> {
        let mut matchers = Vec::new();
        for text in &wanted.matchers {
            matchers.extend(Matcher::parse_list(text)?);
        }
        let stores = match self {
            Self::Server(client) => {
                let texts: Vec<String> = matchers.iter().map(ToString::to_string).collect();
                let body = wire::without_nulls(json!({
                    "matchers": texts,
                    "starts_at": wanted.starts_at.map(wire::moment),
                    "ends_at": wire::moment(wanted.ends_at),
                    "comment": wanted.comment,
                    "created_by": wanted.who,
                }));
                return client.post(&["silences"], &body).await;
            }
            Self::File(stores) => stores,
        };
        let now = clock::now();
        let new = NewSilence {
            matchers,
            author: wanted.who.clone(),
            comment: wanted.comment.clone(),
            starts_at: wanted.starts_at.unwrap_or(now),
            ends_at: wanted.ends_at,
        };
        let add = move |tx: &mut Tx<'_>| {
            let id = alerts::silence(tx, now, new)?;
            alerts::get_silence(tx, id)
        };
        Ok(silence(&stores.write(add).await?))
    }

    /// Ends a silence before its time.
    pub(crate) async fn expire_silence(&self, id: &str, who: &str) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.delete(&["silences", id]).await,
            Self::File(stores) => stores,
        };
        let (now, id, who) = (clock::now(), Id::parse(id)?, who.to_owned());
        let expire = move |tx: &mut Tx<'_>| {
            alerts::expire_silence(tx, now, id, &who)?;
            alerts::get_silence(tx, id)
        };
        Ok(silence(&stores.write(expire).await?))
    }
}

fn silence(silence: &Silence) -> Json {
    let matchers: Vec<String> = silence.matchers.iter().map(ToString::to_string).collect();
    json!({
        "id": silence.id.to_string(),
        "status": silence.status.as_str(),
        "matchers": matchers,
        "starts_at": wire::moment(silence.starts_at),
        "ends_at": wire::moment(silence.ends_at),
        "comment": silence.comment,
        "created_by": silence.author,
        "created_at": wire::moment(silence.created_at),
        "ended_by": silence.ended_by,
    })
}
