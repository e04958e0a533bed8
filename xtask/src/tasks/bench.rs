//! `cargo xtask bench peers`: the same work done by every peer, in packages of their own.

use std::path::PathBuf;

use crate::failure::{Failure, Result};
use crate::steps::Steps;
use crate::workspace::{cargo, root};

const PEERS: &str = "bench/peers";
const RUNNER: &str = "bench/runner/Cargo.toml";
const TARGET: &str = "bench/target";
const REPORT: &str = "docs/benchmarks.md";

/// Starts the runner, which builds every peer and measures them in turn. It writes the report, or does
/// what `options` say.
pub(crate) fn peers(steps: &mut Steps, options: &[String]) -> Result {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let mut command = cargo();
    command.args(["run", "--release", "--manifest-path", RUNNER, "--"]);
    // The runner builds the peers where it is built itself, so that they share what they can.
    command.env(
        "CARGO_TARGET_DIR",
        target.unwrap_or_else(|| root().join(TARGET)),
    );
    if options.is_empty() {
        command.args(["--out", REPORT]);
    }
    steps.command("benchmarks against the peers", command.args(options))
}

/// The manifests of the peers, by name.
pub(crate) fn peer_manifests() -> Result<Vec<PathBuf>> {
    manifests(PEERS)
}

/// The manifests of the packages that no peer's SQLite is linked with: the harness and the runner.
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
