//! Where the stores are: in a database file that is opened here, or behind a running server.
//!
//! Each noun has a file with both ways side by side. Both give the same JSON: that of the server's API.

mod alerts;
mod args;
mod client;
mod events;
mod keys;
mod metrics;
mod notify;
mod page;
mod probes;
mod problem;
mod query;
mod rules;
mod silences;
mod span;
mod stores;
mod wire;

pub(crate) use alerts::{Acting, AlertFilter, Doing, ToTrigger};
#[cfg(feature = "encryption")]
pub(crate) use args::KEY_PREFIX;
pub(crate) use args::PlaceArgs;
pub(crate) use events::EventFilter;
pub(crate) use keys::KeyToMake;
pub(crate) use metrics::NewSample;
pub(crate) use notify::NotificationFilter;
pub(crate) use page::PageArgs;
pub(crate) use silences::ToSilence;
pub(crate) use span::Span;

use crate::context::Context;
use crate::failure::Result;
use crate::open::{Purpose, using};
use client::Client;
use stores::Stores;

/// Where the stores are.
pub(crate) enum Place<'c> {
    /// In a database file.
    File(Stores<'c>),
    /// Behind a server.
    Server(Client<'c>),
}

/// What a verb does in the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It looks.
    Look,
    /// It changes what is there.
    Change,
    /// It puts something in: a database file that is not there, or an older one, is made ready.
    Fill,
}

/// Goes to the place that the arguments name, works there, and leaves it whatever came of the work.
pub(crate) async fn at<T>(
    context: &Context,
    args: &PlaceArgs,
    access: Access,
    work: impl AsyncFnOnce(&Place<'_>) -> Result<T>,
) -> Result<T> {
    match args.named()? {
        args::Named::Server { url, key } => {
            work(&Place::Server(Client::new(context, &url, key.as_deref())?)).await
        }
        args::Named::File(path) => {
            let purpose = match access {
                Access::Look => Purpose::Read,
                Access::Change => Purpose::Write,
                Access::Fill => Purpose::Create,
            };
            using(context, &path, purpose, async |database| {
                let stores = Stores::prepare(context, database, &path, access).await?;
                work(&Place::File(stores)).await
            })
            .await
        }
    }
}
