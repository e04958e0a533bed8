//! A bar on a terminal for work that takes a while.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Output;

const REDRAW: Duration = Duration::from_millis(100);

/// A progress bar on standard error, or nothing where nobody looks. Dropping it wipes it away.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar that fills up to `total`, or one that only shows life if that is unknown.
    pub(crate) fn new(output: Output, what: &str, total: Option<u64>, in_bytes: bool) -> Self {
        if !output.is_chatty() || !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        bar.set_style(style(total.is_some(), in_bytes));
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(REDRAW);
        Self(bar)
    }

    pub(crate) fn set(&self, position: u64) {
        self.0.set_position(position);
    }

    pub(crate) fn set_total(&self, total: u64) {
        self.0.set_length(total);
    }

    pub(crate) fn note(&self, what: String) {
        self.0.set_message(what);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(known: bool, in_bytes: bool) -> ProgressStyle {
    let template = match (known, in_bytes) {
        (true, true) => "{msg} [{bar:32}] {bytes} of {total_bytes}, {eta} left",
        (true, false) => "{msg} [{bar:32}] {pos} of {len}, {eta} left",
        (false, true) => "{spinner} {msg} {bytes}",
        (false, false) => "{spinner} {msg}",
    };
    ProgressStyle::with_template(template)
        .expect("invariant: the templates above are correct")
        .progress_chars("━╸ ")
}
