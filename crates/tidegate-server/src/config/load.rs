//! Putting the sources together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::{ConfigError, Place};
use super::layers::{self, Layer};
use super::origin::{Origin, Setting, leaves};
use super::{Config, Wrong};

/// What the names of variables begin with that are settings: `TIDEGATE__SERVER__LISTEN` is `server.listen`.
pub const ENVIRONMENT_PREFIX: &str = "TIDEGATE__";

/// Where settings come from, besides the defaults.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Sources {
    /// The file; without one there is none.
    pub file: Option<PathBuf>,
    /// Variables; those without [`ENVIRONMENT_PREFIX`] are passed over.
    pub environment: Vec<(String, String)>,
    /// Flags of the command line.
    pub flags: Vec<Flag>,
}

/// A setting from the command line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Flag {
    /// As people know it: `--listen`.
    pub name: String,
    /// `section.key`.
    pub key: String,
    /// The value.
    pub value: String,
}

impl Flag {
    /// A flag that sets a key.
    #[must_use]
    pub fn new(name: impl Into<String>, key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            key: key.into(),
            value: value.into(),
        }
    }
}

/// A configuration, and where each of its settings comes from.
#[derive(Clone, Debug)]
pub struct Loaded {
    config: Config,
    origins: BTreeMap<String, Origin>,
}

impl Sources {
    /// Reads all sources and puts them together.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place: a file that cannot be read, text that is no TOML, a key that is not
    /// known, a value of another type or out of its bounds.
    ///
    /// # Cancel safety
    /// Nothing but reading is done.
    pub async fn load(&self) -> Result<Loaded, ConfigError> {
        let text = match &self.file {
            Some(path) => Some(read(path).await?),
            None => None,
        };
        self.put_together(text.as_deref())
    }

    /// The same with the file's text at hand.
    pub(super) fn put_together(&self, text: Option<&str>) -> Result<Loaded, ConfigError> {
        let mut all = Vec::new();
        if let (Some(path), Some(text)) = (&self.file, text) {
            all.push(layers::of_file(path, text)?);
        }
        for (name, value) in &self.environment {
            all.extend(of_variable(name, value)?);
        }
        for flag in &self.flags {
            let path: Vec<String> = flag.key.split('.').map(str::to_owned).collect();
            let origin = Origin::Flag(flag.name.clone());
            let place = Place::Flag(flag.name.clone());
            all.push(layers::of_text(&path, &flag.value, origin, place)?);
        }
        conclude(all)
    }
}

async fn read(path: &Path) -> Result<String, ConfigError> {
    tokio::fs::read_to_string(path)
        .await
        .map_err(|error| ConfigError {
            place: Place::File(path.to_owned(), None),
            key: None,
            reason: format!("cannot be read: {error}"),
        })
}

fn of_variable(name: &str, value: &str) -> Result<Option<Layer>, ConfigError> {
    let Some(rest) = name.strip_prefix(ENVIRONMENT_PREFIX) else {
        return Ok(None);
    };
    let path: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
    let origin = Origin::Environment(name.to_owned());
    let place = Place::Environment(name.to_owned());
    layers::of_text(&path, value, origin, place).map(Some)
}

/// Lays the sources over each other, and checks what comes out.
fn conclude(all: Vec<Layer>) -> Result<Loaded, ConfigError> {
    let (mut table, mut origins) = (toml::Table::new(), BTreeMap::new());
    for layer in all {
        layers::merge(&mut table, layer.table);
        origins.extend(layer.origins);
    }
    let config: Config = table
        .try_into()
        .map_err(|error: toml::de::Error| together(None, error.message()))?;
    if let Err(wrong) = config.check() {
        return Err(placed(wrong, &origins));
    }
    let origins = origins.into_iter().map(|(key, (origin, _))| (key, origin));
    Ok(Loaded {
        config,
        origins: origins.collect(),
    })
}

/// Finds the place of what is wrong: that of the key, or of what it is part of.
fn placed(wrong: Wrong, origins: &BTreeMap<String, (Origin, Place)>) -> ConfigError {
    let Wrong { key, reason } = wrong;
    let mut part = &*key;
    loop {
        if let Some((_, place)) = origins.get(part) {
            return ConfigError {
                place: place.clone(),
                key: Some(key.into_owned()),
                reason,
            };
        }
        match part.rfind(['.', '[']) {
            Some(end) => part = &part[..end],
            None => return together(Some(&key), &reason),
        }
    }
}

fn together(key: Option<&str>, reason: &str) -> ConfigError {
    ConfigError {
        place: Place::Together,
        key: key.map(str::to_owned),
        reason: reason.to_owned(),
    }
}

impl Loaded {
    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Every setting with its value and origin, in the order of sections and keys. Settings that are neither given nor
    /// have a default are left out.
    #[must_use]
    pub fn settings(&self) -> Vec<Setting> {
        let table = toml::Table::try_from(&self.config)
            .expect("invariant: every setting has a form in TOML");
        let settings = leaves(&table).into_iter().map(|(key, value)| Setting {
            value: value.to_string(),
            origin: self.origins.get(&key).cloned().unwrap_or(Origin::Default),
            key,
        });
        settings.collect()
    }
}
