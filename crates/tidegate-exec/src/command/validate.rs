//! Refuses settings of a command that make no sense, by their names.

use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Command;
use crate::error::{Error, Result};

const TIMEOUT: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(86_400);
const KILL_AFTER: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(300);
const DRAIN_FOR: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(60);
const OUTPUT_CAP_BYTES: RangeInclusive<usize> = 0..=1 << 30;

impl Command {
    /// Checks all settings; [`Runner::run`](crate::Runner::run) does so too.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid), with the name of the setting and what is allowed.
    pub fn validate(&self) -> Result<()> {
        self.validate_argv()?;
        within("timeout", &self.timeout, &TIMEOUT)?;
        within("kill_after", &self.kill_after, &KILL_AFTER)?;
        within("drain_for", &self.drain_for, &DRAIN_FOR)?;
        within(
            "output_cap_bytes",
            &self.output_cap_bytes,
            &OUTPUT_CAP_BYTES,
        )?;
        self.limits.validate()?;
        self.validate_environment()
    }

    fn validate_argv(&self) -> Result<()> {
        if self.program().is_empty() {
            return Err(Error::invalid("argv", "names no program"));
        }
        match self
            .argv
            .iter()
            .position(|argument| argument.contains('\0'))
        {
            Some(index) => Err(Error::invalid(
                "argv",
                format!("has a zero byte in item {index}"),
            )),
            None => Ok(()),
        }
    }
}

fn within<T: PartialOrd + Debug>(
    setting: &str,
    value: &T,
    range: &RangeInclusive<T>,
) -> Result<()> {
    if range.contains(value) {
        return Ok(());
    }
    let reason = format!(
        "is {value:?}: allowed is {:?} to {:?}",
        range.start(),
        range.end()
    );
    Err(Error::invalid(setting, reason))
}
