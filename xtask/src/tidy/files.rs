//! The files of the repository, without what builds leave behind.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// Folders that hold nothing written by hand.
const SKIPPED: &[&str] = &["target", "node_modules", "corpus", "artifacts"];

/// All files below `folder`, in the order of their names.
pub(super) fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files).map_err(|cause| Failure::because(folder.display(), cause))?;
    files.sort();
    Ok(files)
}

/// The path of `file` from `root`, with `/` between its parts.
pub(super) fn name(root: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(root).unwrap_or(file);
    let parts = inside.components().map(|part| part.as_os_str());
    let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type()?;
        if kind.is_file() {
            files.push(entry.path());
        } else if kind.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&&*name) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}
