//! Keeps what a power cut would leave of each file.

use crate::Rng;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A disk writes units of this many bytes wholly or not at all.
const SECTOR_BYTES: usize = 512;

/// What a power cut leaves of the writes that were not synced.
#[derive(Debug)]
pub enum Unsynced<'r> {
    /// None of them: what was not synced is gone.
    Lost,
    /// All of them, as if the disk had got to them just in time.
    Kept,
    /// A random choice of them, in disregard of their order, and of some only some sectors.
    Scattered(&'r mut Rng),
}

/// Durable content of files, and the changes since.
#[derive(Default)]
pub(super) struct Disk {
    tracking: AtomicBool,
    files: Mutex<BTreeMap<PathBuf, Image>>,
}

/// One file, as far as it is safe on the disk.
#[derive(Default)]
struct Image {
    /// Its durable content; `None` while its directory entry is not durable.
    content: Option<Vec<u8>>,
    /// What happened to it since, oldest first.
    changes: VecDeque<Change>,
    /// Number of the oldest change, counted from its creation.
    first: u64,
    /// Deleted, though the deletion is not durable.
    deleted: bool,
    /// Created anew under the name of a deleted file, and not synced since.
    recreated: bool,
}

/// A change of a file that may be lost.
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Truncate(usize),
}

impl Disk {
    pub(super) fn track(&self) {
        self.tracking.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_tracking(&self) -> bool {
        self.tracking.load(Ordering::SeqCst)
    }

    /// Notes that a file was opened which did or did not exist before.
    pub(super) fn opened(&self, path: &Path, existed: bool) {
        if !self.is_tracking() {
            return;
        }
        let mut files = self.files();
        match files.get_mut(path) {
            Some(image) if image.deleted => image.recreate(),
            Some(_) => {}
            None => {
                // A file that vanished or cannot be read between the open and here is empty.
                let content = existed.then(|| fs::read(path).unwrap_or_default());
                files.insert(
                    path.to_owned(),
                    Image {
                        content,
                        ..Image::default()
                    },
                );
            }
        }
    }

    pub(super) fn wrote(&self, path: &Path, offset: u64, data: &[u8]) {
        self.change(path, || Change::Write {
            offset: offset as usize,
            data: data.to_vec(),
        });
    }

    pub(super) fn truncated(&self, path: &Path, size: u64) {
        self.change(path, || Change::Truncate(size as usize));
    }

    /// The point up to which a sync that begins now makes changes durable.
    pub(super) fn sync_begins(&self, path: &Path) -> Option<u64> {
        self.files()
            .get(path)
            .map(|image| image.first + image.changes.len() as u64)
    }

    /// Notes that a sync that began at `mark` has ended well.
    pub(super) fn synced(&self, path: &Path, mark: u64) {
        let mut files = self.files();
        let Some(image) = files.get_mut(path) else {
            return;
        };
        let created = image.content.is_none() || image.recreated;
        image.settle(mark);
        // The first sync of a new file syncs its directory, too.
        if created {
            settle_deletions(&mut files, path);
        }
    }

    pub(super) fn deleted(&self, path: &Path, directory_synced: bool) {
        let mut files = self.files();
        if let Some(image) = files.get_mut(path) {
            image.deleted = true;
        }
        if directory_synced {
            settle_deletions(&mut files, path);
        }
    }

    pub(super) fn crash(&self, into: &Path, mut unsynced: Unsynced<'_>) -> io::Result<()> {
        for (path, image) in self.files().iter() {
            let name = path.file_name().unwrap_or(path.as_os_str());
            if let Some(content) = image.after_crash(&mut unsynced) {
                fs::write(into.join(name), content)?;
            }
        }
        Ok(())
    }

    fn change(&self, path: &Path, change: impl FnOnce() -> Change) {
        if let Some(image) = self.files().get_mut(path) {
            image.changes.push_back(change());
        }
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Image>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the deletions of files durable that are in the same directory.
fn settle_deletions(files: &mut BTreeMap<PathBuf, Image>, near: &Path) {
    files.retain(|path, image| !(image.deleted && path.parent() == near.parent()));
}

impl Image {
    /// A new file takes the name of a deleted one, whose content a crash would still bring back
    /// until the new file is synced.
    fn recreate(&mut self) {
        (self.deleted, self.recreated) = (false, true);
        self.first += self.changes.len() as u64;
        self.changes = VecDeque::from([Change::Truncate(0)]);
    }

    fn settle(&mut self, mark: u64) {
        self.recreated = false;
        let content = self.content.get_or_insert_default();
        while self.first < mark
            && let Some(change) = self.changes.pop_front()
        {
            change.apply(content);
            self.first += 1;
        }
    }

    fn after_crash(&self, unsynced: &mut Unsynced<'_>) -> Option<Vec<u8>> {
        let gone = match unsynced {
            Unsynced::Lost => self.content.is_none(),
            Unsynced::Kept => self.deleted,
            Unsynced::Scattered(rng) => self.deleted && rng.chance(1, 2),
        };
        if gone {
            return None;
        }
        let mut content = self.content.clone().unwrap_or_default();
        for change in &self.changes {
            match unsynced {
                Unsynced::Lost => {}
                Unsynced::Kept => change.apply(&mut content),
                Unsynced::Scattered(rng) => change.apply_in_part(&mut content, rng),
            }
        }
        Some(content)
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write { offset, data } => put(content, *offset, data),
            Change::Truncate(size) => content.resize(*size, 0),
        }
    }

    /// A third of the changes is kept, a third lost, a third kept in some sectors only.
    fn apply_in_part(&self, content: &mut Vec<u8>, rng: &mut Rng) {
        match (rng.below(3), self) {
            (0, _) => {}
            (1, Change::Write { offset, data }) => {
                for sector in sectors(*offset, data.len()).filter(|_| rng.chance(1, 2)) {
                    let part = &data[sector.start - offset..sector.end - offset];
                    put(content, sector.start, part);
                }
            }
            _ => self.apply(content),
        }
    }
}

fn put(content: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(data);
}

/// The parts of a write that fall into one sector each, as ranges of the file.
fn sectors(offset: usize, len: usize) -> impl Iterator<Item = Range<usize>> {
    let end = offset + len;
    let first = offset / SECTOR_BYTES;
    (first..end.div_ceil(SECTOR_BYTES))
        .map(move |at| offset.max(at * SECTOR_BYTES)..end.min((at + 1) * SECTOR_BYTES))
}
