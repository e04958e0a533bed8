//! `encrypt`: an encrypted copy of a plain database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Written, shown};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::key;
use crate::open::{self, Purpose, using_with};

const DETAILS: &str = "\
The key of the new file comes from --key-file, TIDEGATE_KEY or the terminal (SQLCipher). The plain file stays as it is:
remove it, and its backups, when the new one has proved itself.

JSON: {\"file\", \"bytes\"}.";

/// Copy a plain database into an encrypted file
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Encrypt {
    /// The plain database file
    db: PathBuf,

    /// The encrypted file to make
    file: PathBuf,

    /// Replace the file if it is there
    #[arg(short, long)]
    force: bool,
}

impl Encrypt {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let key = key::of_new_file(&context.globals.key)?;
        let options = open::options_without_key(context, &self.db, Purpose::Write)?;
        let written = using_with(context, options, async |database| {
            let written = database
                .export_encrypted(&self.file, key)
                .overwrite(self.force)
                .deadline(context.remaining_or_max())
                .cancel(context.token());
            written.await.map_err(|error| context.failed(error))
        });
        let kept =
            |failure: Failure| failure.kept(format!("{} was not written", shown(&self.file)));
        written.await.map_err(kept)?;
        context.output.report(&Written::of(&self.file))?;
        Ok(ExitCode::SUCCESS)
    }
}
