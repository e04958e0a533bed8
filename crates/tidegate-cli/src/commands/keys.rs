//! `keys`: what programs show a server to be let in.

mod change;
mod create;
mod list;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value as Json;

use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, Report, bold, escape, left};
use crate::place::PlaceArgs;

const EXAMPLES: &str = "\
Examples:
  tidegate keys create --db app.db collector --scope ingest --expires-in 90days
  tidegate keys list --server http://127.0.0.1:7878
  tidegate keys rotate --db app.db 019a2b3c-… --overlap 1h

A key's text is shown once, when it is made or rotated; of it, only a hash is kept. On the database file no key is
needed: this is the way back in when the last admin key is lost.";

/// What is shown of a key.
const FIELDS: &[Column] = &[
    left("name", "/name"),
    left("state", "/state"),
    left("scopes", "/scopes"),
    left("last used", "/last_used_at"),
    left("expires", "/expires_at"),
    left("made", "/created_at"),
    left("id", "/id"),
];

/// Make, list, rotate and revoke the keys of a server
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Keys {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    List(list::List),
    Create(create::Create),
    Rotate(change::Rotate),
    Revoke(change::Revoke),
}

impl Keys {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::List(args) => args.run(context, &self.place).await,
            Verb::Create(args) => args.run(context, &self.place).await,
            Verb::Rotate(args) => args.run(context, &self.place).await,
            Verb::Revoke(args) => args.run(context, &self.place).await,
        }
    }
}

/// A key that has just got its text.
struct Issued(Json);

impl Report for Issued {
    fn to_json(&self) -> Json {
        self.0.clone()
    }

    fn to_text(&self) -> String {
        let text = |pointer: &str| {
            let value = self.0.pointer(pointer).and_then(Json::as_str);
            escape::line(value.unwrap_or_default()).into_owned()
        };
        format!(
            "The key {} ({}), shown this one time:\n\n  {}",
            bold(text("/key/name")),
            text("/key/id"),
            text("/secret")
        )
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
