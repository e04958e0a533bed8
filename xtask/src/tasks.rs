//! The tasks, one file each.

mod axe;
mod bench;
mod ci;
mod fuzz;
mod lint;
mod models;
mod soak;
mod test;

use crate::command::Command;
use crate::failure::Result;
use crate::steps::Steps;

/// The features that a plain build leaves out and tests and lints put in. Not among them is
/// `encryption-vendored`: it is `encryption` with a libcrypto that takes minutes to build.
const OPTIONAL_FEATURES: &[&str] = &["encryption", "json", "uuid", "metrics"];

/// Runs the task that `command` names.
pub(crate) fn run(command: &Command) -> Result {
    match command {
        // `main` prints the usage: no task stands behind it.
        Command::Help => Ok(()),
        Command::Test => Steps::run(test::all),
        Command::Lint => Steps::run(lint::all),
        Command::Tidy => Steps::run(lint::tidy),
        Command::Layers => Steps::run(lint::layers),
        Command::Ci => Steps::run(ci::all),
        Command::BenchPeers { options } => Steps::run(|steps| bench::peers(steps, options)),
        Command::BenchStores { options } => Steps::run(|steps| bench::stores(steps, options)),
        Command::BenchServe { options } => Steps::run(|steps| bench::serve(steps, options)),
        Command::Soak { minutes } => Steps::run(|steps| soak::long(steps, *minutes)),
        Command::Fuzz { seconds } => Steps::run(|steps| fuzz::all(steps, *seconds)),
    }
}
