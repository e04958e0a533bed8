//! The allowed range of every option, checked when a database is opened.

use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Options, READERS_MAX};
use crate::error::{Error, Result};

const QUEUE_MAX: usize = 1_000_000;
const MMAP_MAX_BYTES: u64 = 0x7fff_0000;
const CACHE_KIB: RangeInclusive<u32> = 64..=64 << 20;
const WAL_BYTES: RangeInclusive<u64> = 64 << 10..=64 << 30;
const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

impl Options {
    /// Refuses what cannot work, by the option's name.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) for the first bad value.
    pub(crate) fn validate(&self) -> Result<()> {
        self.validate_file()?;
        self.validate_sizes()?;
        self.validate_times()?;
        self.additions.validate()?;
        #[cfg(feature = "encryption")]
        self.validate_key()?;
        Ok(())
    }

    fn validate_file(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            return refuse("path", "empty; give the path of a file, or `:memory:`");
        }
        if self.path.as_os_str().as_encoded_bytes().contains(&0) {
            return refuse(
                "path",
                &format!("{:?}; it must not contain a zero byte", self.path),
            );
        }
        if self.read_only && self.create == Some(true) {
            return refuse(
                "create",
                "true, but a file that is opened `read_only` cannot be created",
            );
        }
        if self.is_memory() && self.read_only {
            return refuse("read_only", "true, but a database in memory begins empty");
        }
        if self.is_memory() && self.create == Some(false) {
            return refuse("create", "false, but a database in memory is always new");
        }
        for (option, text) in [("name", &self.name), ("vfs", &self.vfs)] {
            named(option, text.as_deref())?;
        }
        let page = self.page_size_bytes;
        within("page_size_bytes", page, 512..=65_536)?;
        if !page.is_power_of_two() {
            return refuse(
                "page_size_bytes",
                &format!("{page}; it must be a power of two"),
            );
        }
        Ok(())
    }

    fn validate_sizes(&self) -> Result<()> {
        within("mmap_size_bytes", self.mmap_size_bytes, 0..=MMAP_MAX_BYTES)?;
        within("cache_size_kib", self.cache_size_kib, CACHE_KIB)?;
        within("statement_cache", self.statement_cache, 0..=10_000)?;
        within("readers", self.readers, 1..=READERS_MAX)?;
        within("reader_queue", self.reader_queue, 1..=QUEUE_MAX)?;
        within("writer_queue", self.writer_queue, 1..=QUEUE_MAX)?;
        within("group_max_jobs", self.group_max_jobs, 1..=65_536)?;
        let (soft, hard) = (self.wal_soft_limit_bytes, self.wal_hard_limit_bytes);
        within("wal_soft_limit_bytes", soft, WAL_BYTES)?;
        within("wal_hard_limit_bytes", hard, WAL_BYTES)?;
        if hard <= soft {
            let problem =
                format!("{hard}; it must be above `wal_soft_limit_bytes`, which is {soft}");
            return refuse("wal_hard_limit_bytes", &problem);
        }
        Ok(())
    }

    fn validate_times(&self) -> Result<()> {
        within(
            "group_max_time",
            self.group_max_time,
            Duration::ZERO..=SECOND,
        )?;
        within("busy_timeout", self.busy_timeout, Duration::ZERO..=HOUR)?;
        within("default_deadline", self.default_deadline, MILLISECOND..=DAY)?;
        within(
            "transaction_idle_limit",
            self.transaction_idle_limit,
            MILLISECOND..=DAY,
        )?;
        within("snapshot_max_age", self.snapshot_max_age, MILLISECOND..=DAY)?;
        within("close_timeout", self.close_timeout, Duration::ZERO..=HOUR)
    }

    #[cfg(feature = "encryption")]
    fn validate_key(&self) -> Result<()> {
        match &self.key {
            Some(_) if self.is_memory() => {
                refuse("key", "set, but a database in memory is not encrypted")
            }
            // The size stands in the encrypted part of the file, so it must be known before; this is SQLCipher's own.
            Some(_) if self.page_size_bytes != 4096 => refuse(
                "page_size_bytes",
                &format!("{}; with a `key` it must be 4096", self.page_size_bytes),
            ),
            Some(key) => key.validate(),
            None => Ok(()),
        }
    }
}

/// A name that goes to C: not empty, and without a zero byte.
pub(super) fn named(option: &str, name: Option<&str>) -> Result<()> {
    match name {
        Some("") => refuse(option, "empty"),
        Some(name) if name.contains('\0') => refuse(
            option,
            &format!("{name:?}; it must not contain a zero byte"),
        ),
        _ => Ok(()),
    }
}

pub(super) fn within<T: PartialOrd + Debug>(
    option: &str,
    value: T,
    allowed: RangeInclusive<T>,
) -> Result<()> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let (low, high) = allowed.into_inner();
    refuse(
        option,
        &format!("{value:?}; allowed is {low:?} to {high:?}"),
    )
}

fn refuse(option: &str, problem: &str) -> Result<()> {
    Err(Error::misuse(format!("option `{option}` is {problem}")))
}
