//! A directory on a real disk, with a part of its own for each run.

use std::path::{Path, PathBuf};

use bench_harness::Result;

/// A directory of its own, removed in the end.
#[derive(Debug)]
pub(crate) struct Stage(PathBuf);

impl Stage {
    /// Beside what cargo builds, as the databases of the other benchmarks are.
    pub(crate) fn set_up() -> Result<Self> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
            PathBuf::from,
        );
        let directory = target.join(format!("bench-serve-{}", std::process::id()));
        std::fs::create_dir_all(&directory)?;
        Ok(Self(directory))
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    /// An empty directory of this name; whatever was there is gone.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let directory = self.0.join(name);
        if directory.exists() {
            std::fs::remove_dir_all(&directory)?;
        }
        std::fs::create_dir_all(&directory)?;
        Ok(directory)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{} stays behind: {error}", self.0.display());
        }
    }
}
