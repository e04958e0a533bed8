//! `cargo xtask fuzz`: the fuzz targets of the driver.

use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::steps::Steps;
use crate::workspace::{cargo, root};

const FOLDER: &str = "crates/tidegate/fuzz";

/// Each fuzz target for `seconds`.
pub(crate) fn all(steps: &mut Steps, seconds: u64) -> Result {
    let targets = targets()?;
    if targets.is_empty() {
        return Err(Failure::new(format!("no fuzz target in {FOLDER}")));
    }
    require_nightly()?;
    if !succeeds(nightly().args(["fuzz", "--version"])) {
        steps.command(
            "install cargo-fuzz",
            cargo().args(["install", "--locked", "cargo-fuzz"]),
        )?;
    }
    let limit = format!("-max_total_time={seconds}");
    for target in targets {
        steps.command(
            &format!("fuzz {target}, {seconds} s"),
            nightly()
                .args(["fuzz", "run", "--fuzz-dir", FOLDER])
                .args([&target, "--", &limit]),
        )?;
    }
    Ok(())
}

/// The names of the fuzz targets.
fn targets() -> Result<Vec<String>> {
    let folder = root().join(FOLDER).join("fuzz_targets");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let cannot = |cause: std::io::Error| Failure::because(folder.display(), cause);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    Ok(names)
}

fn require_nightly() -> Result {
    if succeeds(nightly().arg("--version")) {
        return Ok(());
    }
    Err(Failure::new(
        "fuzzing needs a nightly toolchain, and there is none: `rustup toolchain install nightly`",
    ))
}

/// The nightly Cargo, free of what the Cargo that runs this program has set for its own.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]);
    command.current_dir(root());
    for own in [
        "CARGO",
        "RUSTC",
        "RUSTDOC",
        "RUSTUP_TOOLCHAIN",
        "LD_LIBRARY_PATH",
    ] {
        command.env_remove(own);
    }
    command
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
