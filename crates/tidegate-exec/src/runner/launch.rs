//! Starts the process of a command; blocks, and so runs on a thread for that.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};

use tokio::sync::OwnedSemaphorePermit;

use super::group::{Group, deaths};
use super::lookup;
use super::pipes::{Pipes, Streams};
use super::trampoline::Trampoline;
use crate::command::Command;
use crate::error::{Error, ErrorKind, Result};

/// Where programs are looked for if neither the command nor this process has a `PATH`.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A command that has been started.
pub(super) struct Launched {
    pub(super) group: Group,
    pub(super) pipes: Pipes,
    pub(super) trampoline: Option<Trampoline>,
}

/// Starts the process of `command`. Blocks until the program has been loaded.
///
/// The process is started by the standard library, not by Tokio, which would leave it to itself if the runtime shuts
/// down just then.
pub(super) fn launch(command: &Command, place: OwnedSemaphorePermit) -> Result<Launched> {
    let environment = command.environment();
    let directory = directory(command)?;
    let program = program(command, &environment, &directory)?;
    let trampoline = Trampoline::of(&command.limits)?;
    let mut system = match &trampoline {
        Some(trampoline) => trampoline.command(&program),
        None => process::Command::new(&program),
    };
    system
        .args(&command.argv[1..])
        .env_clear()
        .envs(environment)
        .current_dir(&directory)
        .process_group(0)
        .stdin(
            command
                .stdin
                .as_ref()
                .map_or_else(Stdio::null, |_| Stdio::piped()),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let failed = |error| {
        let doing = format!("starting {}", program.display());
        Error::system(ErrorKind::Launch, doing, error)
    };
    let deaths = deaths().map_err(Error::lost)?;
    let mut child = system.spawn().map_err(failed)?;
    let streams = Streams::of(&mut child);
    let group = Group::of(child, deaths, place);
    let preamble_bytes = trampoline.as_ref().map_or(0, Trampoline::read_back_bytes);
    let pipes = Pipes::new(streams, command, preamble_bytes).map_err(failed)?;
    Ok(Launched {
        group,
        pipes,
        trampoline,
    })
}

fn program(
    command: &Command,
    environment: &BTreeMap<String, OsString>,
    directory: &Path,
) -> Result<PathBuf> {
    let path = environment.get("PATH").cloned();
    let path = path.or_else(|| env::var_os("PATH"));
    let path = path.unwrap_or_else(|| OsString::from(DEFAULT_PATH));
    lookup::find(command.program(), directory, &path)
}

fn directory(command: &Command) -> Result<Cow<'_, Path>> {
    let Some(directory) = &command.working_directory else {
        let doing = || "working directory of this process".to_owned();
        let own = env::current_dir();
        return own
            .map(Cow::Owned)
            .map_err(|error| Error::system(ErrorKind::Launch, doing(), error));
    };
    lookup::check_directory(directory)?;
    // Made absolute, because a relative program would otherwise be looked for below it twice.
    let absolute = std::path::absolute(directory);
    absolute.map(Cow::Owned).map_err(|error| {
        let doing = format!("working directory {}", directory.display());
        Error::system(ErrorKind::Launch, doing, error)
    })
}
