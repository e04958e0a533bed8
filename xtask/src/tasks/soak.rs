//! `cargo xtask soak`: the random and fault tests, for as long as one likes.

use crate::failure::{Failure, Result};
use crate::steps::Steps;
use crate::workspace::{Workspace, cargo};

/// The tests that run for as many seconds as [`SECONDS`] says.
const SOAKED: &[Soaked] = &[
    Soaked {
        package: "tidegate",
        test: "soak",
        filter: "",
    },
    Soaked {
        package: "tidegate-cli",
        test: "it",
        filter: "serve::firing::",
    },
];

/// Tests of one binary, whose names hold the filter.
#[derive(Clone, Copy)]
struct Soaked {
    package: &'static str,
    test: &'static str,
    filter: &'static str,
}

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
    for soaked in found {
        soak(steps, soaked, &["--release"], minutes * 60)?;
    }
    Ok(())
}

/// Each of them for a moment, as built for the other tests.
pub(crate) fn short(steps: &mut Steps) -> Result {
    for soaked in soaked()? {
        soak(steps, soaked, &[], CI_SECONDS)?;
    }
    Ok(())
}

fn soak(steps: &mut Steps, soaked: Soaked, profile: &[&str], seconds: u64) -> Result {
    let Soaked {
        package,
        test,
        filter,
    } = soaked;
    steps.command(
        &format!("soak {package}/{test} {filter}, {seconds} s each"),
        cargo()
            .env(SECONDS, seconds.to_string())
            .args(["test", "--no-fail-fast", "--package", package])
            .args(["--test", test])
            .args(profile)
            .args(["--", "--nocapture", filter]),
    )
}

/// Those of the tests that are there.
fn soaked() -> Result<Vec<Soaked>> {
    let workspace = Workspace::load()?;
    let is_there = |soaked: &Soaked| {
        let package = workspace.package(soaked.package);
        package.is_some_and(|package| package.tests().any(|target| target.name == soaked.test))
    };
    Ok(SOAKED.iter().copied().filter(is_there).collect())
}
