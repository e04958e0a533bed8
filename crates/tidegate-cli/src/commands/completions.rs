//! `completions`: what the shell needs to complete this program's command lines.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::cli::Cli;
use crate::failure::Result;
use crate::output::Sink;

/// Print the completion script of a shell
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "tidegate", &mut script);
        let mut sink = Sink::stdout();
        sink.raw(&script)?;
        sink.finish()?;
        Ok(ExitCode::SUCCESS)
    }
}
