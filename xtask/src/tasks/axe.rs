//! The accessibility checks that the tests of the dashboard run in the browser: axe-core, fetched through npm.

use std::process::Command;

use crate::failure::Result;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// What is fetched, in one version.
const PACKAGE: &str = "axe-core@4.14.1";

/// Fetches it into the build directory, unless it is there.
pub(crate) fn fetch(steps: &mut Steps, workspace: &Workspace) -> Result {
    let folder = workspace.target_directory.join("axe-core");
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--no-save",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
    ]);
    npm.arg("--prefix").arg(&folder).arg(PACKAGE);
    steps.command("axe-core through npm", &mut npm)
}
