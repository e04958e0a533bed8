//! Finds the file of a program before it is started, so that an error can say what was not found.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::error::{Error, ErrorKind, Result};

#[cfg(test)]
mod tests;

/// The file of `program`: relative to `directory` if it has a `/`, otherwise from the directories of `path`.
pub(super) fn find(program: &str, directory: &Path, path: &OsStr) -> Result<PathBuf> {
    if program.contains('/') {
        let file = directory.join(program);
        return match look(&file) {
            Found::Program => Ok(file),
            Found::NoProgram => Err(not_executable(&file)),
            Found::Nothing => Err(not_found(format!("there is no program {}", file.display()))),
        };
    }
    let mut unusable = None;
    for file in candidates(program, path) {
        match look(&file) {
            Found::Program => return Ok(file),
            Found::NoProgram => unusable = unusable.or(Some(file)),
            Found::Nothing => {}
        }
    }
    Err(match unusable {
        Some(file) => not_executable(&file),
        None => not_found(format!(
            "there is no program {program:?} in PATH ({})",
            path.display()
        )),
    })
}

/// Refuses what is no directory to run in.
pub(super) fn check_directory(directory: &Path) -> Result<()> {
    let doing = || format!("working directory {}", directory.display());
    let found = fs::metadata(directory)
        .map_err(|error| Error::system(ErrorKind::Launch, doing(), error))?;
    if !found.is_dir() {
        return Err(Error::new(
            ErrorKind::Launch,
            format!("{} is none", doing()),
        ));
    }
    access(directory, Access::EXEC_OK)
        .map_err(|error| Error::system(ErrorKind::Launch, doing(), error.into()))
}

/// Relative directories would mean another place for each caller.
fn candidates(program: &str, path: &OsStr) -> impl Iterator<Item = PathBuf> {
    std::env::split_paths(path)
        .filter(|directory| directory.is_absolute())
        .map(move |directory| directory.join(program))
}

enum Found {
    Program,
    NoProgram,
    Nothing,
}

fn look(file: &Path) -> Found {
    match fs::metadata(file) {
        Ok(found) if found.is_file() && access(file, Access::EXEC_OK).is_ok() => Found::Program,
        Ok(_) => Found::NoProgram,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Found::NoProgram,
        Err(_) => Found::Nothing,
    }
}

fn not_found(message: String) -> Error {
    Error::new(ErrorKind::NotFound, message)
}

fn not_executable(file: &Path) -> Error {
    let message = format!("{} may not be executed", file.display());
    Error::new(ErrorKind::Permission, message)
}
