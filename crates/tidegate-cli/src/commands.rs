//! The verbs, one file each, and how one is run.

pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod checkpoint;
pub(crate) mod completions;
pub(crate) mod config;
#[cfg(feature = "encryption")]
pub(crate) mod decrypt;
pub(crate) mod demo;
pub(crate) mod doctor;
#[cfg(feature = "encryption")]
pub(crate) mod encrypt;
pub(crate) mod exec;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod query;
#[cfg(feature = "encryption")]
pub(crate) mod rekey;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod stats;

use std::process::ExitCode;
use std::time::Duration;

use tidegate::CancelToken;
use tokio::runtime::{Builder, Runtime};

use crate::cli::{Cli, Command, Globals};
use crate::context::Context;
use crate::failure::{FAILED, Failure, Result};
use crate::output::{Output, escape, red};
use crate::signals;

/// Threads that are stuck in reading standard input are not waited for longer than this.
const PARTING: Duration = Duration::from_millis(100);

/// Runs what the command line asks for, and answers with the exit code.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let command = cli
        .command
        .unwrap_or_else(|| Command::Demo(demo::Demo::default()));
    let output = Output::new(cli.globals.format(), cli.globals.quiet);
    let outcome = runtime(&command).and_then(|runtime| {
        let outcome = runtime.block_on(dispatch(command, cli.globals, output));
        runtime.shutdown_timeout(PARTING);
        outcome
    });
    match outcome {
        Ok(code) => code,
        Err(failure) => tell(&failure, output),
    }
}

/// The demonstration and the small verbs share one thread for all tasks; the benchmark and the server get one for each core.
fn runtime(command: &Command) -> Result<Runtime> {
    let mut builder = match command {
        Command::Demo(_) => Builder::new_current_thread(),
        Command::Bench(_) | Command::Serve(_) => Builder::new_multi_thread(),
        _ => {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(1);
            builder
        }
    };
    let built = builder.enable_all().build();
    built.map_err(|error| Failure::io("cannot start the runtime", &error))
}

async fn dispatch(command: Command, globals: Globals, output: Output) -> Result<ExitCode> {
    let token = CancelToken::new();
    let stopping = signals::listen(token.clone())?;
    let context = Context::new(globals, output, token, stopping);
    match command {
        Command::Query(args) => args.run(&context).await,
        Command::Exec(args) => args.run(&context).await,
        Command::Import(args) => args.run(&context).await,
        Command::Export(args) => args.run(&context).await,
        Command::Backup(args) => args.run(&context).await,
        Command::Restore(args) => args.run(&context).await,
        Command::Check(args) => args.run(&context).await,
        Command::Checkpoint(args) => args.run(&context).await,
        Command::Migrate(args) => args.run(&context).await,
        #[cfg(feature = "encryption")]
        Command::Encrypt(args) => args.run(&context).await,
        #[cfg(feature = "encryption")]
        Command::Decrypt(args) => args.run(&context).await,
        #[cfg(feature = "encryption")]
        Command::Rekey(args) => args.run(&context).await,
        Command::Stats(args) => args.run(&context).await,
        Command::Doctor(args) => args.run(&context).await,
        Command::Bench(args) => args.run(&context).await,
        Command::Demo(args) => args.run(&context).await,
        Command::Serve(args) => args.run(&context).await,
        Command::Config(args) => args.run(&context).await,
        Command::Keys(args) => args.run(&context).await,
        Command::Completions(args) => args.run(),
    }
}

/// The work is done, and its result is bad news, such as a damaged file.
fn bad_news() -> ExitCode {
    ExitCode::from(FAILED)
}

fn tell(failure: &Failure, output: Output) -> ExitCode {
    if failure.is_silent() {
        return ExitCode::SUCCESS;
    }
    match output.is_json() {
        true => eprintln!("{}", failure.to_json()),
        false => anstream::eprintln!("{} {failure}", red("error:")),
    }
    ExitCode::from(failure.exit_code())
}

/// A path as people may see it.
fn shown(path: &std::path::Path) -> String {
    escape::line(&path.display().to_string()).into_owned()
}

/// A file that was made.
#[cfg(feature = "encryption")]
struct Written {
    file: String,
    bytes: u64,
}

#[cfg(feature = "encryption")]
impl Written {
    fn of(path: &std::path::Path) -> Self {
        Self {
            file: path.display().to_string(),
            bytes: std::fs::metadata(path).map_or(0, |found| found.len()),
        }
    }
}

#[cfg(feature = "encryption")]
impl crate::output::Report for Written {
    fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "file": self.file, "bytes": self.bytes })
    }

    fn to_text(&self) -> String {
        let size = crate::output::bytes(self.bytes);
        format!("{} written ({size})", escape::line(&self.file))
    }
}
