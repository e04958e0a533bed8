//! The arguments that say where the stores are.

use std::path::PathBuf;

use clap::Args;

use crate::failure::{Failure, Result};

const SERVER_VARIABLE: &str = "TIDEGATE_SERVER";
/// The same variable holds the key of an encrypted file; a server's keys are told by their beginning.
const KEY_VARIABLE: &str = "TIDEGATE_KEY";
/// What every key of a server begins with.
pub(crate) const KEY_PREFIX: &str = "tg_live_";

/// Where the stores are: a database file, or a server.
#[derive(Args, Clone, Debug)]
pub(crate) struct PlaceArgs {
    /// The database file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        conflicts_with_all = ["server", "server_key"],
        help_heading = "Where"
    )]
    db: Option<PathBuf>,

    /// A running server, such as http://127.0.0.1:7878 [or variable TIDEGATE_SERVER]
    #[arg(long, global = true, value_name = "URL", help_heading = "Where")]
    server: Option<String>,

    /// The key for the server; other users of the machine can see arguments, so better use the variable [TIDEGATE_KEY]
    #[arg(
        id = "server_key",
        long = "key",
        global = true,
        value_name = "KEY",
        help_heading = "Where"
    )]
    key: Option<String>,
}

/// The one place that is meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    File(PathBuf),
    Server { url: String, key: Option<String> },
}

impl PlaceArgs {
    /// Whether a database file was named.
    pub(crate) fn is_file(&self) -> bool {
        self.db.is_some()
    }

    /// What was named: the arguments come before the variables.
    pub(super) fn named(&self) -> Result<Named> {
        if let Some(db) = &self.db {
            return Ok(Named::File(db.clone()));
        }
        let url = match &self.server {
            Some(url) => url.clone(),
            None => variable(SERVER_VARIABLE)?.ok_or_else(nowhere)?,
        };
        let key = match &self.key {
            Some(key) => Some(key.clone()),
            None => key_of_variable()?,
        };
        Ok(Named::Server { url, key })
    }
}

/// What is not a server's key is not sent to one: it may be the key of an encrypted file.
fn key_of_variable() -> Result<Option<String>> {
    match variable(KEY_VARIABLE)? {
        Some(key) if !key.starts_with(KEY_PREFIX) => {
            let message = format!("the variable {KEY_VARIABLE} holds no key of a server");
            Err(Failure::input(message).hint(format!("they begin with {KEY_PREFIX}")))
        }
        key => Ok(key),
    }
}

fn nowhere() -> Failure {
    Failure::usage("say where: --db FILE for a database file, --server URL for a running server")
}

fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::input(format!("the variable {name} is not UTF-8")))
        }
    }
}
