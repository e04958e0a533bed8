//! `cargo xtask soak`: the random and fault tests, for as long as one likes.

use crate::failure::{Failure, Result};
use crate::steps::Steps;
use crate::workspace::{Workspace, cargo};

/// The tests that run for as many seconds as [`SECONDS`] says: package and test.
const SOAKED: &[(&str, &str)] = &[("tidegate", "soak")];

/// Tells these tests how long to run.
const SECONDS: &str = "TIDEGATE_SOAK_SECONDS";

/// How long each of them runs in CI.
const CI_SECONDS: u64 = 20;

/// Each of them for `minutes`, in release.
pub(crate) fn long(steps: &mut Steps, minutes: u64) -> Result {
    let found = soaked()?;
    if found.is_empty() {
        return Err(Failure::new("no package has one of the tests to soak"));
    }
    for (package, test) in found {
        soak(steps, package, test, &["--release"], minutes * 60)?;
    }
    Ok(())
}

/// Each of them for a moment, as built for the other tests.
pub(crate) fn short(steps: &mut Steps) -> Result {
    for (package, test) in soaked()? {
        soak(steps, package, test, &[], CI_SECONDS)?;
    }
    Ok(())
}

fn soak(steps: &mut Steps, package: &str, test: &str, profile: &[&str], seconds: u64) -> Result {
    steps.command(
        &format!("soak {package}/{test}, {seconds} s each"),
        cargo()
            .env(SECONDS, seconds.to_string())
            .args(["test", "--no-fail-fast", "--package", package])
            .args(["--test", test])
            .args(profile)
            .args(["--", "--nocapture"]),
    )
}

/// Those of the tests that are there.
fn soaked() -> Result<Vec<(&'static str, &'static str)>> {
    let workspace = Workspace::load()?;
    let is_there = |(package, test): &(&str, &str)| {
        let package = workspace.package(package);
        package.is_some_and(|package| package.tests().any(|target| target.name == *test))
    };
    Ok(SOAKED.iter().copied().filter(is_there).collect())
}
