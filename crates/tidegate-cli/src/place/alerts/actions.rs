//! What people do with alerts.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate::Tx;
use tidegate_stores::Id;
use tidegate_stores::alerts::{self, Action};

use super::wire_form::alert;
use crate::clock;
use crate::failure::Result;
use crate::place::{Place, wire};

/// What is done with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Acknowledge,
    Resolve,
    /// Puts it off for so long.
    Suppress(Duration),
}

/// Who does it, why, and in which state they saw the alert.
#[derive(Clone, Debug)]
pub(crate) struct Acting {
    /// A server takes the name of the key instead.
    pub(crate) who: String,
    pub(crate) why: Option<String>,
    pub(crate) expected: Option<String>,
}

impl Place<'_> {
    /// Does something with an alert; gives the alert as it is then.
    pub(crate) async fn act(&self, id: &str, doing: Doing, by: &Acting) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => {
                let path = ["alerts", id, doing.path()];
                return client.post(&path, &body(doing, by)).await;
            }
            Self::File(stores) => stores,
        };
        let (now, id) = (clock::now(), Id::parse(id)?);
        let mut action = Action::new(&*by.who, by.why.as_deref().unwrap_or_default());
        action.expected = by.expected.as_deref().map(str::parse).transpose()?;
        let act = move |tx: &mut Tx<'_>| {
            let done = match doing {
                Doing::Acknowledge => alerts::acknowledge(tx, now, id, &action),
                Doing::Resolve => alerts::resolve(tx, now, id, &action),
                Doing::Suppress(length) => {
                    alerts::suppress(tx, now, id, now.saturating_add(length), &action)
                }
            };
            alert(tx, &done?)
        };
        stores
            .write(act)
            .await
            .map_err(|failure| failure.recoded("conflict", "state_conflict"))
    }
}

impl Doing {
    fn path(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolve",
            Self::Suppress(_) => "suppress",
        }
    }
}

fn body(doing: Doing, by: &Acting) -> Json {
    let length = match doing {
        Doing::Suppress(length) => Some(humantime::format_duration(length).to_string()),
        _ => None,
    };
    wire::without_nulls(json!({
        "for": length,
        "reason": by.why,
        "expected_state": by.expected,
    }))
}
