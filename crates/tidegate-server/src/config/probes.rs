//! The list `[[probe]]`: commands whose output becomes metrics.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_exec::{Command, Limits, Parse};
use tidegate_stores::Labels;

use super::{Config, Wrong, duration};

/// A command that is run again and again, and whose output becomes metrics.
///
/// ```toml
/// [[probe]]
/// name = "disk"
/// argv = ["df", "--output=pcent", "/"]
/// every = "1m"
/// inherit_env = ["PATH"]
/// parse = { kind = "regex", pattern = '(?<disk_used_percent>\d+)%' }
/// labels = { mount = "/" }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProbeConfig {
    /// Its name, which is the label `probe` of its metrics.
    pub name: String,
    /// The program and its arguments; no shell reads them.
    pub argv: Vec<String>,
    /// How often it is run. Default: 1 min.
    #[serde(default = "minute", with = "duration")]
    pub every: Duration,
    /// How long it may take before its process group is ended. Default: 10 s.
    #[serde(default = "ten_seconds", with = "duration")]
    pub timeout: Duration,
    /// Where it runs; in the server's working directory if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<PathBuf>,
    /// The variables of the server's environment that it sees. Default: none.
    #[serde(default)]
    pub inherit_env: Vec<String>,
    /// How many bytes are kept of each of its streams. Default: 64 KiB.
    #[serde(default = "kib_64")]
    pub output_cap_bytes: usize,
    /// What each of its processes may use. Default: what the server may.
    #[serde(default)]
    pub limits: Limits,
    /// How metrics are read out of what it wrote.
    pub parse: Parse,
    /// Labels that its metrics have besides `probe`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Whether it is run. Default: `true`.
    #[serde(default = "yes")]
    pub enabled: bool,
}

impl ProbeConfig {
    /// What to run.
    pub(crate) fn command(&self) -> Command {
        let command = Command::new(self.argv.clone())
            .timeout(self.timeout)
            .inherit_env(self.inherit_env.clone())
            .output_cap_bytes(self.output_cap_bytes)
            .limits(self.limits);
        match &self.working_directory {
            Some(directory) => command.working_directory(directory),
            None => command,
        }
    }

    /// The labels of its metrics.
    pub(crate) fn metric_labels(&self) -> tidegate_stores::Result<Labels> {
        let own = self.labels.iter().map(|(name, value)| (&**name, &**value));
        Labels::new(own.chain([("probe", &*self.name)]))
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        let (least, most) = (Duration::from_millis(100), Duration::from_secs(86_400));
        if !(least..=most).contains(&self.every) {
            return Err(("every", "must lie between 100ms and 1day".to_owned()));
        }
        if self.labels.contains_key("probe") {
            return Err(("labels", "the label `probe` is the probe's name".to_owned()));
        }
        let named = |field| move |error: tidegate_exec::Error| (field, error.to_string());
        self.command().validate().map_err(named("argv"))?;
        self.parse.validate().map_err(named("parse"))?;
        self.metric_labels()
            .map(drop)
            .map_err(|error| ("labels", error.reason().to_owned()))
    }
}

pub(super) fn check(config: &Config) -> Result<(), Wrong> {
    let mut names = HashSet::new();
    for (index, probe) in config.probe.iter().enumerate() {
        let wrong = |field: &str, reason: &str| Wrong::in_list("probe", index, field, reason);
        probe
            .check()
            .map_err(|(field, reason)| wrong(field, &reason))?;
        if !names.insert(&probe.name) {
            return Err(wrong("name", "another probe has it"));
        }
    }
    Ok(())
}

fn minute() -> Duration {
    Duration::from_secs(60)
}

fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}

fn kib_64() -> usize {
    64 << 10
}

fn yes() -> bool {
    true
}
