//! `cargo xtask lint`: everything that is checked without running the product.

use std::path::PathBuf;

use crate::failure::{Failure, Result};
use crate::steps::Steps;
use crate::tasks::{OPTIONAL_FEATURES, bench, models};
use crate::workspace::{Workspace, cargo, from_root, root};
use crate::{debian, layers as layering, tidy as house_rules};

pub(crate) fn all(steps: &mut Steps) -> Result {
    let workspace = Workspace::load()?;
    tidy(steps)?;
    layers(steps)?;
    formatting(steps)?;
    debian::provide()?;
    clippy(steps, &workspace)?;
    documentation(steps, &workspace)
}

pub(crate) fn tidy(steps: &mut Steps) -> Result {
    steps.check("tidy", || house_rules::check(&root()))
}

pub(crate) fn layers(steps: &mut Steps) -> Result {
    steps.check("layers", || Ok(layering::check(&Workspace::load()?)))
}

/// The workspace, and the packages that stand outside it.
fn formatting(steps: &mut Steps) -> Result {
    steps.command("formatting", cargo().args(["fmt", "--all", "--check"]))?;
    for manifest in manifests_outside()? {
        steps.command(
            &format!("formatting of {}", from_root(&manifest)),
            cargo()
                .args(["fmt", "--check", "--manifest-path"])
                .arg(&manifest),
        )?;
    }
    Ok(())
}

/// The benchmarks and the fuzz targets.
fn manifests_outside() -> Result<Vec<PathBuf>> {
    let mut manifests = bench::shared_manifests()?;
    manifests.extend(bench::peer_manifests()?);
    let fuzz = root().join("crates/tidegate/fuzz/Cargo.toml");
    manifests.extend(fuzz.exists().then_some(fuzz));
    Ok(manifests)
}

fn clippy(steps: &mut Steps, workspace: &Workspace) -> Result {
    steps.command(
        "clippy, default features",
        cargo()
            .args(["clippy", "--workspace", "--all-targets"])
            .args(["--", "-D", "warnings"]),
    )?;
    for (package, features) in workspace.with_features(OPTIONAL_FEATURES) {
        let features = features.join(",");
        steps.command(
            &format!("clippy of {} with {features}", package.name),
            cargo()
                .args(["clippy", "--all-targets", "--package", &package.name])
                .args(["--features", &features, "--", "-D", "warnings"]),
        )?;
    }
    for model in models::of(workspace) {
        steps.command(
            &format!("clippy of the models of {model}"),
            cargo()
                .arg("clippy")
                .args(model.arguments())
                .args(["--", "-D", "warnings"]),
        )?;
    }
    clippy_of_benchmarks(steps, workspace)
}

/// The benchmarks as far as they are ours; the peers would each build an SQLite of their own.
fn clippy_of_benchmarks(steps: &mut Steps, workspace: &Workspace) -> Result {
    let mut manifests = bench::shared_manifests()?;
    manifests.extend(bench::own_manifest());
    for manifest in manifests {
        steps.command(
            &format!("clippy of {}", from_root(&manifest)),
            cargo()
                .args(["clippy", "--all-targets", "--manifest-path"])
                .arg(&manifest)
                .arg("--target-dir")
                .arg(&workspace.target_directory)
                .args(["--", "-D", "warnings"]),
        )?;
    }
    Ok(())
}

/// The libraries only: the binary `tidegate` would write over the pages of the library.
fn documentation(steps: &mut Steps, workspace: &Workspace) -> Result {
    let features = qualified(workspace)?;
    steps.command(
        "documentation",
        cargo()
            .env("RUSTDOCFLAGS", "-D warnings")
            .args(["doc", "--workspace", "--no-deps", "--lib"])
            .args(["--features", &features]),
    )
}

/// All optional features with the names of their packages: `tidegate/json,tidegate/uuid`.
fn qualified(workspace: &Workspace) -> Result<String> {
    let mut names = Vec::new();
    for (package, features) in workspace.with_features(OPTIONAL_FEATURES) {
        names.extend(
            features
                .iter()
                .map(|name| format!("{}/{name}", package.name)),
        );
    }
    if names.is_empty() {
        return Err(Failure::new("no package has an optional feature"));
    }
    Ok(names.join(","))
}
