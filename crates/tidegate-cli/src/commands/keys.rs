//! `keys`: the service keys in a database file of the server, for whoever may write the file.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use tidegate::{Database, Value};
use tidegate_stores::auth::{self, Issued, Key, NewKey, Scope};
use tidegate_stores::{Cursor, Id, PAGE_ITEMS_MAX, Timestamp};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::open::{Purpose, using};
use crate::output::{Report, escape};

const DETAILS: &str = "\
Works on the file itself, beside a running server or without one: whoever may write it needs no key. So a lost first key
is replaced by `tidegate keys create NAME --scope admin`.

JSON: {\"secret\": text, \"key\": {…}} of `create` and `rotate`, {\"key\": {…}} of `revoke`, {\"keys\": [{\"id\", \"name\", \"scopes\",
\"state\", \"created_at\", \"expires_at\", \"last_used_at\"}]} of `list`.";

/// Make, list, rotate and revoke the keys of the server
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Keys {
    #[command(subcommand)]
    verb: Verb,

    /// The database file
    #[arg(
        long,
        value_name = "FILE",
        default_value = "tidegate.db",
        global = true
    )]
    db: PathBuf,
}

#[derive(Subcommand, Clone, Debug)]
enum Verb {
    /// Show every key
    List,
    /// Make a key; its secret is shown this one time
    Create {
        /// What people call it
        name: String,
        /// What it may be used for: admin, ingest, operate, read
        #[arg(long = "scope", required = true, value_name = "SCOPE")]
        scopes: Vec<Scope>,
        /// After how long it is refused: 90days; never unless said
        #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
        expires_in: Option<Duration>,
    },
    /// Give a key another secret
    Rotate {
        /// The key's id
        id: Id,
        /// For how long the secret before is still taken
        #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration)]
        overlap: Duration,
    },
    /// Take a key back for good
    Revoke {
        /// The key's id
        id: Id,
    },
}

impl Keys {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let verb = self.verb.clone();
        let work = using(context, &self.db, Purpose::Write, async |db| {
            self.require_keys(context, db).await?;
            done(context, db, verb).await
        });
        let done = work.await?;
        context.output.report(&done)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Other databases are left as they are.
    async fn require_keys(&self, context: &Context, db: &Database) -> Result<()> {
        let sql =
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tg_key')";
        match context.call(db.query_scalar::<bool>(sql, ())).await? {
            true => Ok(()),
            false => {
                let shown = super::shown(&self.db);
                Err(Failure::input(format!("{shown} holds no keys"))
                    .hint("give the file of `tidegate serve` with --db"))
            }
        }
    }
}

async fn done(context: &Context, db: &Database, verb: Verb) -> Result<Done> {
    let now = now();
    match verb {
        Verb::List => list(context, db).await.map(Done::Listed),
        Verb::Create {
            name,
            scopes,
            expires_in,
        } => {
            let mut new = NewKey::new(name, scopes);
            new.expires_at = expires_in.map(|after| now.saturating_add(after));
            let create = db.write(move |tx| Ok(auth::create(tx, now, &new)?));
            Ok(Done::Issued(context.call(create).await?))
        }
        Verb::Rotate { id, overlap } => {
            let rotate = db.write(move |tx| Ok(auth::rotate(tx, now, id, overlap)?));
            Ok(Done::Issued(context.call(rotate).await?))
        }
        Verb::Revoke { id } => {
            let revoke = db.write(move |tx| Ok(auth::revoke(tx, now, id)?));
            Ok(Done::Revoked(context.call(revoke).await?))
        }
    }
}

async fn list(context: &Context, db: &Database) -> Result<Vec<Key>> {
    let (mut keys, mut cursor) = (Vec::new(), None::<Cursor>);
    loop {
        let look = db.read(move |tx| Ok(auth::list(tx, cursor.as_ref(), PAGE_ITEMS_MAX)?));
        let page = context.call(look).await?;
        keys.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(keys);
        }
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    Timestamp::from_micros(i64::try_from(micros).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX)
}

enum Done {
    Listed(Vec<Key>),
    Issued(Issued),
    Revoked(Key),
}

fn key_json(key: &Key) -> Json {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "state": key.state(now()).as_str(),
        "created_at": key.created_at.to_string(),
        "expires_at": time(key.expires_at),
        "last_used_at": time(key.last_used_at),
    })
}

fn key_line(key: &Key) -> String {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let (state, name) = (key.state(now()).as_str(), escape::line(&key.name));
    format!("{}  {state:<7}  {name} ({})", key.id, scopes.join(", "))
}

impl Report for Done {
    fn to_json(&self) -> Json {
        match self {
            Self::Listed(keys) => json!({ "keys": keys.iter().map(key_json).collect::<Vec<_>>() }),
            Self::Issued(issued) => {
                json!({ "secret": issued.secret.reveal(), "key": key_json(&issued.key) })
            }
            Self::Revoked(key) => json!({ "key": key_json(key) }),
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Listed(keys) => keys.iter().map(key_line).collect::<Vec<_>>().join("\n"),
            Self::Issued(issued) => format!(
                "{}\n\nThe key, shown this one time:\n\n  {}",
                key_line(&issued.key),
                issued.secret.reveal()
            ),
            Self::Revoked(key) => key_line(key),
        }
    }

    fn to_csv(&self) -> Option<(Vec<&'static str>, Vec<Vec<Value>>)> {
        let Self::Listed(keys) = self else {
            return None;
        };
        let rows = keys.iter().map(|key| {
            let id = key.id.to_string();
            [&id, key.name.as_str(), key.state(now()).as_str()]
                .map(Value::from)
                .to_vec()
        });
        Some((vec!["id", "name", "state"], rows.collect()))
    }

    fn is_mere_news(&self) -> bool {
        matches!(self, Self::Revoked(_))
    }
}
