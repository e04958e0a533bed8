//! `cargo xtask test`: every test of the workspace.

use crate::debian;
use crate::failure::Result;
use crate::steps::Steps;
use crate::tasks::{OPTIONAL_FEATURES, axe, bench, models};
use crate::workspace::{Package, Workspace, cargo, from_root};

pub(crate) fn all(steps: &mut Steps) -> Result {
    let workspace = Workspace::load()?;
    debian::provide()?;
    axe::fetch(steps, &workspace)?;
    steps.command(
        "tests, default features",
        cargo().args([
            "test",
            "--workspace",
            "--no-fail-fast",
            "--tests",
            "--examples",
        ]),
    )?;
    for (package, features) in workspace.with_features(OPTIONAL_FEATURES) {
        optional_features(steps, package, &features)?;
    }
    steps.command(
        "tests in the documentation",
        cargo().args(["test", "--workspace", "--no-fail-fast", "--doc"]),
    )?;
    for model in models::of(&workspace) {
        steps.command(
            &format!("models of {model}"),
            cargo()
                .args(["test", "--no-fail-fast"])
                .args(model.arguments()),
        )?;
    }
    benchmarks(steps, &workspace)
}

/// All tests of `package`, those in its documentation included, with `features`.
fn optional_features(steps: &mut Steps, package: &Package, features: &[&str]) -> Result {
    let features = features.join(",");
    steps.command(
        &format!("tests of {} with {features}", package.name),
        cargo()
            .args(["test", "--no-fail-fast", "--package", &package.name])
            .args(["--features", &features]),
    )
}

/// The tests of what the benchmarks share: that it measures what it says.
fn benchmarks(steps: &mut Steps, workspace: &Workspace) -> Result {
    for manifest in bench::shared_manifests()? {
        steps.command(
            &format!("tests of {}", from_root(&manifest)),
            cargo()
                .args(["test", "--no-fail-fast", "--manifest-path"])
                .arg(&manifest)
                .arg("--target-dir")
                .arg(&workspace.target_directory),
        )?;
    }
    Ok(())
}
