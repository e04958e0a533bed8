//! `config`: looking at the server's configuration without starting it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use tidegate::Value;
use tidegate_server::{ConfigError, Flag, Loaded, Setting, Sources};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::output::{Report, Section};

/// Looked for in the working directory when no other file is named.
const DEFAULT_FILE: &str = "tidegate.toml";

const DETAILS: &str = "\
A later source wins: the defaults, then the file, then variables TIDEGATE__SECTION__KEY, then the flags of `serve`.

JSON of `show`: {\"settings\": [{\"key\", \"value\", \"origin\"}]}. A mistake is told with its file and line; exit code 1.";

/// Which file holds the configuration.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ConfigArgs {
    /// The file with the configuration; `tidegate.toml` in the working directory is taken if it is there
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Check the server's configuration, or show it with the origin of each setting
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Config {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Say whether the configuration is as it must be
    Check {
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Show every setting
    Show {
        #[command(flatten)]
        config: ConfigArgs,
        /// Say where each setting comes from
        #[arg(long)]
        origin: bool,
    },
}

impl Config {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::Check { config } => {
                load(config, Vec::new()).await?;
                context.output.report(&Sound)?;
            }
            Verb::Show { config, origin } => {
                let loaded = load(config, Vec::new()).await?;
                let settings = loaded.settings();
                let shown = Shown {
                    settings,
                    with_origin: *origin,
                };
                context.output.report(&shown)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads the file, the environment and the flags.
pub(crate) async fn load(args: &ConfigArgs, flags: Vec<Flag>) -> Result<Loaded> {
    let mut sources = Sources::default();
    sources.file = args.config.clone().or_else(default_file);
    sources.environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    sources.flags = flags;
    sources.load().await.map_err(|error| wrong(&error))
}

fn default_file() -> Option<PathBuf> {
    let path = Path::new(DEFAULT_FILE);
    path.exists().then(|| path.to_owned())
}

fn wrong(error: &ConfigError) -> Failure {
    let failure = Failure::input(error.to_string());
    match (error.file(), error.line()) {
        (Some(file), Some(line)) => {
            let line = u64::try_from(line).unwrap_or(u64::MAX);
            failure.at(&file.display().to_string(), line)
        }
        _ => failure,
    }
}

struct Sound;

impl Report for Sound {
    fn to_json(&self) -> Json {
        json!({ "ok": true })
    }

    fn to_text(&self) -> String {
        "The configuration is as it must be.".to_owned()
    }
}

struct Shown {
    settings: Vec<Setting>,
    with_origin: bool,
}

impl Report for Shown {
    fn to_json(&self) -> Json {
        let settings = self.settings.iter().map(|setting| {
            let mut shown = json!({ "key": setting.key, "value": setting.value });
            if self.with_origin {
                shown["origin"] = setting.origin.to_string().into();
            }
            shown
        });
        json!({ "settings": settings.collect::<Vec<_>>() })
    }

    fn to_text(&self) -> String {
        let settings = self.settings.iter();
        let section = settings.fold(Section::new("Configuration"), |section, setting| {
            let value = match self.with_origin {
                true => format!("{}  ({})", setting.value, setting.origin),
                false => setting.value.clone(),
            };
            section.line(setting.key.as_str(), value)
        });
        section.to_string()
    }

    fn to_csv(&self) -> Option<(Vec<&'static str>, Vec<Vec<Value>>)> {
        let rows = self.settings.iter().map(|setting| {
            let origin = setting.origin.to_string();
            [setting.key.as_str(), &setting.value, &origin]
                .map(Value::from)
                .to_vec()
        });
        Some((vec!["key", "value", "origin"], rows.collect()))
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
