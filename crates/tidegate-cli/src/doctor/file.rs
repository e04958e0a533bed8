//! Rules about the file and its settings.

use super::{Facts, Finding, Level};
use crate::output::{bytes, count};

/// A log above this has not been checkpointed for long.
const WAL_LARGE_BYTES: u64 = 64 << 20;
/// Less free space than this is not worth a rebuild.
const FREE_WORTH_BYTES: u64 = 1 << 20;
const PAGE_USUAL_BYTES: u64 = 4096;

/// The integrity check found damage.
pub(super) fn integrity(facts: &Facts) -> Vec<Finding> {
    let finding = |what: &String| {
        Finding::new(
            Level::Problem,
            "integrity",
            what,
            "The file is damaged or its rows contradict the schema; what is written from now on may make it worse.",
        )
        .fix("tidegate restore DB BACKUP, or save what can be read with tidegate export")
    };
    facts.findings.iter().map(finding).collect()
}

/// Readers and writers wait for each other.
pub(super) fn journal_mode(facts: &Facts) -> Vec<Finding> {
    match facts.pragma("journal_mode") {
        "wal" => Vec::new(),
        mode => vec![
            Finding::new(
                Level::Advice,
                "journal-mode",
                format!("the journal mode is {mode}"),
                "Without a write-ahead log a writer waits for all readers to finish, and readers wait for the commit.",
            )
            .fix(format!("tidegate exec {} 'PRAGMA journal_mode' --wal", facts.file)),
        ],
    }
}

/// The write-ahead log has grown.
pub(super) fn large_log(facts: &Facts) -> Vec<Finding> {
    if facts.wal_bytes < WAL_LARGE_BYTES {
        return Vec::new();
    }
    vec![
        Finding::new(
            Level::Advice,
            "large-log",
            format!("the write-ahead log has {}", bytes(facts.wal_bytes)),
            "Every read looks through the log, and it takes space on the disk; a reader that is never finished keeps it from shrinking.",
        )
        .fix(format!("tidegate checkpoint {}", facts.file)),
    ]
}

/// A rollback journal lies beside the file.
pub(super) fn leftover_journal(facts: &Facts) -> Vec<Finding> {
    match facts.has_rollback_journal {
        false => Vec::new(),
        true => vec![Finding::new(
            Level::Note,
            "rollback-journal",
            "there was a rollback journal beside the file",
            "Somebody is writing, or a writer has died; then opening the file has undone its transaction. Never delete the journal by hand.",
        )],
    }
}

/// Much of the file is free.
pub(super) fn free_space(facts: &Facts) -> Vec<Finding> {
    let free = facts.free_pages * facts.page_size;
    if free < FREE_WORTH_BYTES || facts.free_pages * 4 < facts.pages {
        return Vec::new();
    }
    vec![
        Finding::new(
            Level::Advice,
            "free-space",
            format!(
                "{} of {} pages are free ({})",
                count(facts.free_pages),
                count(facts.pages),
                bytes(free)
            ),
            "Deleted rows leave free pages that are used again, but never given back to the disk.",
        )
        .fix(format!("tidegate exec {} VACUUM", facts.file)),
    ]
}

/// Pages smaller than the usual size.
pub(super) fn small_pages(facts: &Facts) -> Vec<Finding> {
    if facts.page_size >= PAGE_USUAL_BYTES {
        return Vec::new();
    }
    vec![Finding::new(
        Level::Note,
        "small-pages",
        format!("pages have {} bytes", facts.page_size),
        "Disks and memory work with 4,096 bytes at least: smaller pages mean deeper trees and more reads. Only a new file gets other pages.",
    )]
}

/// Full automatic vacuum moves pages at each commit.
pub(super) fn auto_vacuum(facts: &Facts) -> Vec<Finding> {
    match facts.pragma("auto_vacuum") {
        "1" => vec![Finding::new(
            Level::Note,
            "auto-vacuum",
            "automatic vacuum is on",
            "Each commit that frees pages moves others to the end of the file: commits take longer, and tables are scattered.",
        )],
        _ => Vec::new(),
    }
}

/// The file or its directory cannot be written by this user.
pub(super) fn not_writable(facts: &Facts) -> Vec<Finding> {
    match facts.is_writable {
        true => Vec::new(),
        false => vec![Finding::new(
            Level::Note,
            "read-only",
            "this user may not write the file",
            "It was opened for reading only.",
        )],
    }
}
