//! The environment of a command: what is listed, and nothing else.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use serde::Deserialize;

use super::Command;
use crate::error::{Error, Result};

/// Names that the shell which applies limits takes for itself, so that they would not reach the command as they are.
const OF_THE_SHELL: &[&str] = &[
    "_",
    "BASHOPTS",
    "EUID",
    "IFS",
    "OLDPWD",
    "OPTIND",
    "PPID",
    "PWD",
    "SHELLOPTS",
    "SHLVL",
    "UID",
];

/// Variables that are set for a command. Their values are never shown.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    pub(super) fn set(&mut self, name: String, value: String) {
        self.0.insert(name, value);
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Command {
    /// All variables that the command gets, each once.
    pub(crate) fn environment(&self) -> BTreeMap<String, OsString> {
        let inherited = self.inherit_env.iter();
        let mut all: BTreeMap<String, OsString> = inherited
            .filter_map(|name| Some((name.clone(), std::env::var_os(name)?)))
            .collect();
        let set = self.env.0.iter();
        all.extend(set.map(|(name, value)| (name.clone(), value.into())));
        all
    }

    pub(super) fn validate_environment(&self) -> Result<()> {
        for name in &self.inherit_env {
            self.validate_name("inherit_env", name)?;
        }
        for (name, value) in &self.env.0 {
            self.validate_name("env", name)?;
            if value.contains('\0') {
                let reason = format!("gives {name:?} a value with a zero byte");
                return Err(Error::invalid("env", reason));
            }
        }
        Ok(())
    }

    fn validate_name(&self, setting: &str, name: &str) -> Result<()> {
        if !is_identifier(name) {
            let reason = format!(
                "has {name:?}: a name is letters, digits and `_`, and begins with no digit"
            );
            return Err(Error::invalid(setting, reason));
        }
        if !self.limits.is_none() && OF_THE_SHELL.contains(&name) {
            let reason = format!(
                "has {name}, which the shell that applies `limits` takes for itself: leave out one of them"
            );
            return Err(Error::invalid(setting, reason));
        }
        Ok(())
    }
}

/// Shells drop variables with other names, or worse, run them.
fn is_identifier(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(word) && !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())
}
