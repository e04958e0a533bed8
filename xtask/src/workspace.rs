//! What Cargo knows about the workspace: its packages, features, targets and dependencies.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Display, Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::failure::{Failure, Result};

/// The packages of the workspace, without those they depend on.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    pub(crate) packages: Vec<Package>,
    #[serde(default)]
    pub(crate) target_directory: PathBuf,
}

/// A package of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
}

/// A dependency as a manifest states it.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` for an ordinary one, otherwise `dev` or `build`.
    pub(crate) kind: Option<String>,
}

/// A library, binary, test or example of a package.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
    #[serde(default, rename = "required-features")]
    pub(crate) required_features: Vec<String>,
}

impl Workspace {
    /// Asks Cargo.
    pub(crate) fn load() -> Result<Self> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .stderr(Stdio::inherit())
            .output()
            .map_err(|cause| Failure::because("cannot run cargo metadata", cause))?;
        if !output.status.success() {
            return Err(Failure::new("cargo metadata failed"));
        }
        Self::from_json(&output.stdout)
    }

    pub(crate) fn from_json(json: &[u8]) -> Result<Self> {
        serde_json::from_slice(json)
            .map_err(|cause| Failure::because("cannot read cargo metadata", cause))
    }

    /// The packages that have at least one of `features`, each with those it has.
    pub(crate) fn with_features<'a>(
        &'a self,
        features: &'a [&'a str],
    ) -> impl Iterator<Item = (&'a Package, Vec<&'a str>)> {
        self.packages.iter().filter_map(|package| {
            let has = package.features_among(features);
            (!has.is_empty()).then_some((package, has))
        })
    }

    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }
}

impl Package {
    fn features_among<'a>(&self, features: &'a [&'a str]) -> Vec<&'a str> {
        let known = features.iter().copied();
        known
            .filter(|name| self.features.contains_key(*name))
            .collect()
    }

    /// The integration tests of the package.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &Target> {
        self.targets
            .iter()
            .filter(|target| target.kind.iter().any(|kind| kind == "test"))
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// `path` as one would name it at the root of the repository.
pub(crate) fn from_root(path: &Path) -> Display<'_> {
    path.strip_prefix(root()).unwrap_or(path).display()
}

/// The Cargo that runs this program, at the root of the repository.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}
