//! Where output goes: standard output, or a file that appears only when it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::failure::{Failure, Result};

const STDOUT: &str = "standard output";

/// A buffered writer whose failures say what was written to.
pub(crate) struct Sink {
    writer: BufWriter<Box<dyn Write + Send>>,
    name: String,
}

impl Sink {
    /// Standard output for data, byte by byte as it is.
    pub(crate) fn stdout() -> Self {
        Self::new(Box::new(io::stdout()), STDOUT)
    }

    /// Standard output for people: colours are dropped where there is no terminal.
    pub(crate) fn styled() -> Self {
        let stdout = anstream::AutoStream::auto(io::stdout());
        Self::new(Box::new(stdout), STDOUT)
    }

    fn new(writer: Box<dyn Write + Send>, name: &str) -> Self {
        Self {
            writer: BufWriter::with_capacity(1 << 16, writer),
            name: name.to_owned(),
        }
    }

    /// Text and a line break.
    pub(crate) fn text(&mut self, text: &str) -> Result<()> {
        self.raw(text.as_bytes())?;
        self.raw(b"\n")
    }

    /// A JSON document and a line break.
    pub(crate) fn json(&mut self, document: &Value) -> Result<()> {
        let text = super::json::to_text(document);
        self.text(&text)
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.writer.write_all(bytes);
        written.map_err(|error| self.failure(&error))
    }

    pub(crate) fn finish(&mut self) -> Result<()> {
        let flushed = self.writer.flush();
        flushed.map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &io::Error) -> Failure {
        Failure::io(format!("cannot write to {}", self.name), error)
    }
}

/// A file in the making, beside the path that it gets when it is whole; dropping it leaves nothing.
#[derive(Debug)]
pub(crate) struct PartialFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl PartialFile {
    /// Begins a file that is to be at `path`, which must be free unless `replace`.
    pub(crate) fn create(path: &Path, replace: bool) -> Result<Self> {
        if !replace && path.exists() {
            return Err(exists(path));
        }
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".tidegate-")
            .tempfile_in(directory)
            .map_err(|error| {
                Failure::io(format!("cannot write into {}", directory.display()), &error)
            })?;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// A writer into the file.
    pub(crate) fn sink(&self) -> Result<Sink> {
        let file: File = self.file.reopen().map_err(|error| self.failure(&error))?;
        Ok(Sink::new(Box::new(file), &self.path.display().to_string()))
    }

    /// Puts the file, now whole, to its place; it is on the disk when this returns.
    pub(crate) fn finish(self, replace: bool) -> Result<()> {
        let synced = self.file.as_file().sync_all();
        synced.map_err(|error| self.failure(&error))?;
        let (file, path) = (self.file, self.path);
        let placed = match replace {
            true => file.persist(&path),
            false => file.persist_noclobber(&path),
        };
        match placed {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&path)),
            Err(error) => Err(Failure::io(
                format!("cannot write {}", path.display()),
                &error.error,
            )),
        }
    }

    fn failure(&self, error: &io::Error) -> Failure {
        Failure::io(format!("cannot write {}", self.path.display()), error)
    }
}

fn exists(path: &Path) -> Failure {
    Failure::refused(format!("{} exists already", path.display()))
        .hint("choose another name, or give --force to replace it")
}
