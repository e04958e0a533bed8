//! `cargo xtask bench peers`: the same work done by every peer, in packages of their own.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::steps::Steps;
use crate::workspace::{cargo, root};

const PEERS: &str = "bench/peers";
const RUNNER: &str = "bench/runner/Cargo.toml";
const TARGET: &str = "bench/target";
const REPORT: &str = "docs/benchmarks.md";

/// Builds every peer, then lets the runner measure them in turn.
pub(crate) fn peers(steps: &mut Steps, quick: bool) -> Result {
    let manifests = peer_manifests()?;
    if manifests.is_empty() {
        return Err(Failure::new(format!("no peer in {PEERS}")));
    }
    for manifest in manifests {
        build(steps, &manifest)?;
    }
    measure(steps, quick)
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

fn build(steps: &mut Steps, manifest: &Path) -> Result {
    let folder = manifest.parent().and_then(Path::file_name);
    let name = folder.unwrap_or_default().to_string_lossy();
    steps.command(
        &format!("build {name}"),
        cargo()
            .args(["build", "--release", "--target-dir", TARGET])
            .arg("--manifest-path")
            .arg(manifest),
    )
}

fn measure(steps: &mut Steps, quick: bool) -> Result {
    let mut command = cargo();
    command.args(["run", "--release", "--target-dir", TARGET]);
    command.args(["--manifest-path", RUNNER, "--"]);
    if quick {
        command.arg("--quick");
    } else {
        command.args(["--out", REPORT]);
    }
    steps.command("measure", &mut command)
}
