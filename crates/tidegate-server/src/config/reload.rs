//! What a new configuration changes, and what of it needs a restart.

use super::Config;
use super::origin::leaves;

/// The settings that are read once, when the server starts. A name alone means the whole section.
const AT_START: &[&str] = &[
    "database",
    "server.listen",
    "server.allow_remote",
    "server.connections_max",
    "server.header_timeout",
];

/// The keys that two configurations differ in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// What is different from now on.
    pub(crate) applied: Vec<String>,
    /// What will be different after a restart.
    pub(crate) needs_restart: Vec<String>,
}

/// What is different in `new`.
pub(crate) fn difference(old: &Config, new: &Config) -> Difference {
    let table = |config: &Config| {
        toml::Table::try_from(config).expect("invariant: every setting has a form in TOML")
    };
    let (old, new) = (table(old), table(new));
    let (old, new) = (leaves(&old), leaves(&new));
    let gone = old
        .iter()
        .filter(|(key, _)| !new.iter().any(|(other, _)| other == key));
    let changed = new.iter().filter(|setting| !old.contains(setting));
    let mut found = Difference::default();
    for (key, _) in changed.chain(gone) {
        match needs_restart(key) {
            true => found.needs_restart.push(key.clone()),
            false => found.applied.push(key.clone()),
        }
    }
    found
}

fn needs_restart(key: &str) -> bool {
    AT_START.iter().any(|start| {
        key.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}
