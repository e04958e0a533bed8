//! `cargo xtask test`: every test of the workspace.

use crate::debian;
use crate::failure::Result;
use crate::steps::Steps;
use crate::tasks::{MODEL_FEATURES, OPTIONAL_FEATURES, bench};
use crate::workspace::{Package, Workspace, cargo, from_root};

pub(crate) fn all(steps: &mut Steps) -> Result {
    let workspace = Workspace::load()?;
    debian::provide()?;
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
    for (package, features) in workspace.with_features(MODEL_FEATURES) {
        for feature in features {
            models(steps, package, feature)?;
        }
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

/// The tests of `package` that require `feature`, a model checker; its unit tests if none does.
fn models(steps: &mut Steps, package: &Package, feature: &str) -> Result {
    let mut command = cargo();
    command.args(["test", "--no-fail-fast", "--package", &package.name]);
    command.args(["--features", feature]);
    let targets = model_tests(package, feature);
    if targets.is_empty() {
        command.arg("--lib");
    }
    for target in targets {
        command.args(["--test", target]);
    }
    steps.command(
        &format!("models of {} with {feature}", package.name),
        &mut command,
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

fn model_tests<'a>(package: &'a Package, feature: &str) -> Vec<&'a str> {
    let requires = package
        .tests()
        .filter(|test| test.required_features.iter().any(|name| name == feature));
    requires.map(|test| test.name.as_str()).collect()
}
