//! How many tests ran, over all the steps of a task.

use std::fmt;

#[cfg(test)]
mod tests;

/// The sum of the closing lines of cargo test.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    /// Counts `line` if it closes a test binary, and passes over any other.
    pub(super) fn add(&mut self, line: &str) {
        let Some(closing) = line.trim_start().strip_prefix("test result: ") else {
            return;
        };
        let Some((_, counts)) = closing.split_once(". ") else {
            return;
        };
        for count in counts.split(';') {
            self.add_count(count);
        }
    }

    /// Counts a part such as `12 passed`.
    fn add_count(&mut self, count: &str) {
        let mut words = count.split_whitespace();
        let number: Option<u64> = words.next().and_then(|word| word.parse().ok());
        match (number, words.next()) {
            (Some(number), Some("passed")) => self.passed += number,
            (Some(number), Some("failed")) => self.failed += number,
            (Some(number), Some("ignored")) => self.skipped += number,
            _ => {}
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(
            f,
            "tests: {passed} passed, {failed} failed, {skipped} skipped"
        )
    }
}
