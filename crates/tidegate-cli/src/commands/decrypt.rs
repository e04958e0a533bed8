//! `decrypt`: a plain copy of an encrypted database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Written, shown};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::open::{self, Purpose, using_with};

const DETAILS: &str = "\
The key comes from --key-file, TIDEGATE_KEY or --ask-key. The encrypted file stays as it is.

JSON: {\"file\", \"bytes\"}.";

/// Copy an encrypted database into a plain file
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Decrypt {
    /// The encrypted database file
    db: PathBuf,

    /// The plain file to make
    file: PathBuf,

    /// Replace the file if it is there
    #[arg(short, long)]
    force: bool,
}

impl Decrypt {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let options = open::options(context, &self.db, Purpose::Write)?;
        let written = using_with(context, options, async |database| {
            let written = database
                .export_plain(&self.file)
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
