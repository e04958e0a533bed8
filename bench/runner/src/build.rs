//! Builds the peers' programs, each a package of its own, one after the other.

use std::path::{Path, PathBuf};
use std::process::Command;

use bench_harness::Result;

use crate::peers::PeerInfo;

/// A peer that can be run.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) peer: &'static PeerInfo,
    pub(crate) path: PathBuf,
    /// The library's version, as its lock file says.
    pub(crate) version: String,
}

/// The peers' programs and the one that makes the database.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) peers: Vec<Program>,
    pub(crate) generate: PathBuf,
}

/// The directory of the benchmarks in the source tree.
fn bench_directory() -> PathBuf {
    let runner = Path::new(env!("CARGO_MANIFEST_DIR"));
    runner
        .parent()
        .expect("invariant: the runner's package is inside bench/")
        .to_owned()
}

/// Where everything is built: cargo's shared directory when one is set, otherwise `bench/target`.
pub(crate) fn target_directory() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| bench_directory().join("target"), PathBuf::from)
}

/// Builds each peer, and the floor for the program that makes the database.
pub(crate) fn build(peers: &[&'static PeerInfo], target: &Path) -> Result<Programs> {
    let release = target.join("release");
    build_package(crate::peers::FLOOR, target)?;
    let mut programs = Vec::new();
    for peer in peers {
        build_package(peer.name, target)?;
        let lock = std::fs::read_to_string(package_directory(peer.name).join("Cargo.lock"))?;
        let version = locked_version(&lock, peer.name)
            .ok_or_else(|| format!("{} is not in its lock file", peer.name))?;
        let path = release.join(format!("bench-{}", peer.name));
        programs.push(Program {
            peer,
            path,
            version: version.to_owned(),
        });
    }
    Ok(Programs {
        peers: programs,
        generate: release.join("bench-generate"),
    })
}

fn package_directory(peer: &str) -> PathBuf {
    bench_directory().join("peers").join(peer)
}

fn build_package(peer: &str, target: &Path) -> Result<()> {
    eprintln!("building {peer}");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--manifest-path"])
        .arg(package_directory(peer).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("building {peer}: {status}").into())
    }
}

/// The version of a package in a lock file.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests;
