//! `cargo xtask bench`: what is measured, in packages of their own outside of the workspace.

use std::path::PathBuf;

use crate::failure::{Failure, Result};
use crate::steps::Steps;
use crate::workspace::{cargo, root};

const PEERS: &str = "bench/peers";
const TARGET: &str = "bench/target";

/// Starts the runner, which builds every peer and measures them in turn.
pub(crate) fn peers(steps: &mut Steps, options: &[String]) -> Result {
    let what = "benchmarks against the peers";
    run(steps, what, "runner", "docs/benchmarks.md", options)
}

/// Measures the stores.
pub(crate) fn stores(steps: &mut Steps, options: &[String]) -> Result {
    let what = "benchmarks of the stores";
    run(steps, what, "stores", "docs/benchmarks-stores.md", options)
}

/// Builds the binary and measures it as a server.
pub(crate) fn serve(steps: &mut Steps, options: &[String]) -> Result {
    let build = ["build", "--release", "--package", "tidegate-cli"];
    // Where the program that starts it is built: it looks beside itself.
    let mut command = cargo();
    command.args(build).env("CARGO_TARGET_DIR", target());
    steps.command("release build of tidegate", &mut command)?;
    let what = "benchmarks of the server";
    run(steps, what, "serve", "docs/benchmarks-serve.md", options)
}

/// Builds and starts a package of `bench/`. It writes its report, or does what `options` say.
fn run(steps: &mut Steps, what: &str, package: &str, report: &str, options: &[String]) -> Result {
    let manifest = root().join("bench").join(package).join("Cargo.toml");
    let mut command = cargo();
    command.args(["run", "--release", "--manifest-path"]);
    command.arg(manifest).arg("--");
    // The runner builds the peers where it is built itself, so that they share what they can.
    command.env("CARGO_TARGET_DIR", target());
    if options.is_empty() {
        command.args(["--out", report]);
    }
    steps.command(what, command.args(options))
}

/// Where everything here is built.
fn target() -> PathBuf {
    let given = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    given.unwrap_or_else(|| root().join(TARGET))
}

/// The manifests of the peers, by name.
pub(crate) fn peer_manifests() -> Result<Vec<PathBuf>> {
    manifests(PEERS)
}

/// The manifests of the packages that are ours alone: the harness, the pages, the runner, the stores, the server.
pub(crate) fn shared_manifests() -> Result<Vec<PathBuf>> {
    manifests("bench")
}

/// The manifest of our own driver as one of the peers, if it is there.
pub(crate) fn own_manifest() -> Option<PathBuf> {
    let manifest = root().join(PEERS).join("tidegate/Cargo.toml");
    manifest.exists().then_some(manifest)
}

/// The manifests right below the folders of `folder`, by name.
fn manifests(folder: &str) -> Result<Vec<PathBuf>> {
    let folder = root().join(folder);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let cannot = |cause: std::io::Error| Failure::because(folder.display(), cause);
    let mut manifests = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(cannot)? {
        manifests.push(entry.map_err(cannot)?.path().join("Cargo.toml"));
    }
    manifests.retain(|manifest| manifest.exists());
    manifests.sort();
    Ok(manifests)
}
