//! Runs a child process under a limit of the operating system.

use std::ffi::OsStr;
use std::process::Command;

#[cfg(test)]
mod tests;

/// Unit of `ulimit -f` in a POSIX shell.
const BLOCK_BYTES: u64 = 512;

/// A command whose files cannot grow beyond `bytes`, rounded down to a multiple of 512.
///
/// The signal that comes with the limit is ignored, so that the child's `write` fails with
/// `EFBIG` (SQLite: `SQLITE_IOERR_WRITE`) after the part that still fits was written. Arguments
/// and environment are added to the command as usual.
pub fn file_size(program: impl AsRef<OsStr>, bytes: u64) -> Command {
    // An ignored signal stays ignored across exec; "$0" is the program, "$@" its arguments.
    let script = format!(
        r#"trap '' XFSZ && ulimit -f {} && exec "$0" "$@""#,
        bytes / BLOCK_BYTES
    );
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).arg(program);
    command
}
