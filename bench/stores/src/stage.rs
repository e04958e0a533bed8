//! A directory on a real disk with a fresh database for each run.

use std::path::{Path, PathBuf};

use bench_harness::Result;
use tidegate::{Database, Options, Synchronous};
use tidegate_stores::schema;

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
        let directory = target.join(format!("bench-stores-{}", std::process::id()));
        std::fs::create_dir_all(&directory)?;
        Ok(Self(directory))
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    /// An empty database with the tables of the stores; each commit is on the disk before it is answered.
    pub(crate) async fn open(&self) -> Result<Database> {
        let path = self.0.join("run.db");
        for suffix in ["", "-wal", "-shm"] {
            let mut file = path.clone().into_os_string();
            file.push(suffix);
            if Path::new(&file).exists() {
                std::fs::remove_file(file)?;
            }
        }
        let options = Options::new(&path).synchronous(Synchronous::Full);
        let db = options.open().await?;
        db.migrate(&schema::migrations()).await?;
        Ok(db)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{} stays behind: {error}", self.0.display());
        }
    }
}
