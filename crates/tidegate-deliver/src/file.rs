//! Files: one line of JSON for each message.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::escape;
use crate::failure::Failure;
use crate::lanes::Lanes;
use crate::message::Message;

#[cfg(test)]
mod tests;

/// Readable and writable for the owner alone: a message may say what others need not know.
const MODE: u32 = 0o600;

/// A file to which each message is appended as one line of JSON.
///
/// ```toml
/// kind = "file"
/// path = "/var/log/tidegate/alerts.jsonl"
/// ```
///
/// A line has the fields `at`, `id`, `severity`, `subject` and `text`. Control characters and others that a terminal or
/// an editor might obey are written as `\u001b`, so that the file is safe to show.
///
/// A delivery succeeds when the line is on the disk (`fdatasync`). Each line is one write at the file's end, so that
/// several processes can append to it, and a file that has been renamed is made anew. A line that a full disk
/// cut off stays alone: the next one begins a line of its own. The file is made, for its owner alone, if it is not
/// there; directories are not, and what is not a regular file is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    path: PathBuf,
}

impl File {
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.path.is_absolute() {
            return Ok(());
        }
        Err(Failure::config("path", "is no absolute path"))
    }

    /// Where it goes.
    pub(crate) fn place(&self) -> String {
        escape::line(&self.path.to_string_lossy())
    }

    pub(crate) async fn send(&self, lanes: &Lanes, message: &Message) -> Result<String, Failure> {
        let path = self.path.clone();
        let line = line(message);
        lanes.run(&self.path, move || append(&path, line)).await?;
        Ok("written".to_owned())
    }
}

/// The line for `message`, with its end.
fn line(message: &Message) -> String {
    let fields = json!({
        "at": message.rfc3339(),
        "id": message.id,
        "severity": message.severity,
        "subject": message.subject,
        "text": message.text,
    });
    let mut line = escape::json(&fields.to_string());
    line.push('\n');
    line
}

fn append(path: &Path, line: String) -> Result<(), Failure> {
    // Opening a device may already do something.
    if let Ok(found) = fs::metadata(path) {
        require_regular(&found)?;
    }
    let mut file = open(path).map_err(|error| Failure::io("opening the file", &error))?;
    let state = file.metadata();
    let state = state.map_err(|error| Failure::io("looking at the file", &error))?;
    require_regular(&state)?;
    let written = write(&mut file, state.len(), line);
    written.map_err(|error| Failure::io("appending to the file", &error))?;
    if state.len() == 0 {
        let kept = sync_directory(path);
        kept.map_err(|error| Failure::io("keeping the new file", &error))?;
    }
    Ok(())
}

/// Without this, the name of a new file could be lost with the power.
fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    fs::File::open(directory)?.sync_all()
}

fn open(path: &Path) -> io::Result<fs::File> {
    // A pipe that was put in its place must not make this wait for its reader.
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    options.mode(MODE).custom_flags(flags).open(path)
}

fn require_regular(found: &fs::Metadata) -> Result<(), Failure> {
    if found.is_file() {
        return Ok(());
    }
    Err(Failure::config("path", "is not a regular file"))
}

fn write(file: &mut fs::File, length: u64, mut line: String) -> io::Result<()> {
    if ends_amid_line(file, length)? {
        line.insert(0, '\n');
    }
    let written = file.write(line.as_bytes())?;
    if written < line.len() {
        let message = format!("only {written} of {} bytes were written", line.len());
        return Err(io::Error::other(message));
    }
    file.sync_data()
}

fn ends_amid_line(file: &fs::File, length: u64) -> io::Result<bool> {
    let mut last = [b'\n'];
    if length > 0 {
        // The file may have been cut short since: then there is nothing to read, and it ends where a line ends.
        file.read_at(&mut last, length - 1)?;
    }
    Ok(last != *b"\n")
}
