//! A file that is written under another name and takes its own only when it is whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::sync::{AtomicU64, Ordering};

/// What SQLite may keep beside a database file.
const COMPANIONS: &[&str] = &["-journal", "-wal", "-shm"];
/// Those of them that SQLite would read into whatever file stands beside them.
const LOGS: &[&str] = &["-journal", "-wal"];

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A new empty file beside `target`. Unless it is published, dropping it removes it.
#[derive(Debug)]
pub(crate) struct Draft {
    path: PathBuf,
    target: PathBuf,
    overwrite: bool,
}

impl Draft {
    /// Begins a file that shall become `target`, in the same directory, so that renaming it is atomic. It may be read
    /// by whom `source` may, if that is a file.
    ///
    /// # Errors
    /// `Misuse` for a target that is taken, `Io` for one that cannot be written.
    pub(crate) fn begin(target: &Path, overwrite: bool, source: &Path) -> Result<Self> {
        let Some(name) = target.file_name() else {
            return Err(Error::misuse(format!(
                "{} is not the path of a file",
                target.display()
            )));
        };
        check_free(target, overwrite)?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        hidden.push(format!(".{}.{number}.partial", std::process::id()));
        let draft = Self {
            path: target.with_file_name(hidden),
            target: target.to_owned(),
            overwrite,
        };
        draft.create(source)?;
        Ok(draft)
    }

    /// Where to write.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file durable and gives it its name.
    pub(crate) fn publish(self) -> Result<()> {
        let synced = File::open(&self.path).and_then(|file| file.sync_all());
        synced.map_err(|error| failed("sync", &self.path, error))?;
        check_free(&self.target, self.overwrite)?;
        self.take_name()?;
        sync_directory(&self.target)
    }

    fn create(&self, source: &Path) -> Result<()> {
        let fail = |error| failed("create", &self.target, error);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.path)
            .map_err(fail)?;
        match fs::metadata(source) {
            Ok(source) => file.set_permissions(source.permissions()).map_err(fail),
            Err(_) => Ok(()),
        }
    }

    /// A link fails where the name is taken, which renaming does not; not every file system has links.
    fn take_name(&self) -> Result<()> {
        if !self.overwrite {
            match fs::hard_link(&self.path, &self.target) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(taken(&self.target));
                }
                Err(_) => check_free(&self.target, false)?,
            }
        }
        fs::rename(&self.path, &self.target)
            .map_err(|error| failed("rename the finished file to", &self.target, error))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What cannot be removed, or is not there any more, is nobody's mistake.
        let _ = fs::remove_file(&self.path);
        for suffix in COMPANIONS {
            let _ = fs::remove_file(beside(&self.path, suffix));
        }
    }
}

/// Refuses to write a file over the database that it comes from, or over what belongs to it.
pub(crate) fn refuse_own(target: &Path, database: &Path) -> Result<()> {
    let own = std::iter::once(database.to_owned())
        .chain(COMPANIONS.iter().map(|suffix| beside(database, suffix)));
    for own in own {
        if is_same_file(target, &own) {
            return Err(Error::misuse(format!(
                "{} belongs to the open database itself",
                target.display()
            )));
        }
    }
    Ok(())
}

fn check_free(target: &Path, overwrite: bool) -> Result<()> {
    if target.is_dir() {
        return Err(Error::misuse(format!(
            "{} is a directory",
            target.display()
        )));
    }
    if !overwrite && fs::symlink_metadata(target).is_ok() {
        return Err(taken(target));
    }
    let log = LOGS
        .iter()
        .map(|suffix| beside(target, suffix))
        .find(|log| log.exists());
    match log {
        Some(log) => Err(Error::misuse(format!(
            "{} exists: {} is in use or was not closed cleanly, and SQLite would mix the two",
            log.display(),
            target.display()
        ))),
        None => Ok(()),
    }
}

fn taken(target: &Path) -> Error {
    Error::misuse(format!(
        "{} exists already: remove it, or ask for overwriting it",
        target.display()
    ))
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    let message = format!("cannot {what} {}: {error}", path.display());
    Error::io(message, error)
}

/// A name is durable once its directory is.
fn sync_directory(target: &Path) -> Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let synced = File::open(parent).and_then(|directory| directory.sync_all());
    synced.map_err(|error| failed("sync the directory of", target, error))
}

/// The path of a file that SQLite keeps beside another.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn is_same_file(left: &Path, right: &Path) -> bool {
    left == right || same_place(left, right) || same_content(left, right)
}

/// By their directories, which exist even where the files do not.
fn same_place(left: &Path, right: &Path) -> bool {
    let place = |path: &Path| {
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        Some((parent.canonicalize().ok()?, path.file_name()?.to_owned()))
    };
    matches!((place(left), place(right)), (Some(left), Some(right)) if left == right)
}

/// By what the names lead to: links of either sort.
fn same_content(left: &Path, right: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let identity = |path: &Path| {
            let found = fs::metadata(path).ok()?;
            Some((found.dev(), found.ino()))
        };
        matches!((identity(left), identity(right)), (Some(left), Some(right)) if left == right)
    }
    #[cfg(not(unix))]
    {
        matches!((left.canonicalize(), right.canonicalize()), (Ok(left), Ok(right)) if left == right)
    }
}

/// Whether two files hold the same bytes.
pub(crate) fn are_equal(left: &Path, right: &Path) -> Result<bool> {
    let opened = |path: &Path| {
        let file = File::open(path).map_err(|error| failed("read", path, error))?;
        let len = file
            .metadata()
            .map_err(|error| failed("read", path, error))?
            .len();
        Ok::<_, Error>((io::BufReader::with_capacity(1 << 16, file), len))
    };
    let ((mut left_file, left_len), (mut right_file, right_len)) = (opened(left)?, opened(right)?);
    if left_len != right_len {
        return Ok(false);
    }
    loop {
        let (a, b) = (fill(&mut left_file, left)?, fill(&mut right_file, right)?);
        if a.is_empty() || b.is_empty() {
            return Ok(a.is_empty() && b.is_empty());
        }
        let shared = a.len().min(b.len());
        if a[..shared] != b[..shared] {
            return Ok(false);
        }
        io::BufRead::consume(&mut left_file, shared);
        io::BufRead::consume(&mut right_file, shared);
    }
}

fn fill<'f>(file: &'f mut io::BufReader<File>, path: &Path) -> Result<&'f [u8]> {
    io::BufRead::fill_buf(file).map_err(|error| failed("read", path, error))
}

#[cfg(not(feature = "shuttle"))]
#[cfg(test)]
mod tests;
