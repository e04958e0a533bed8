//! `decrypt`: a plain copy of an encrypted database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Written, shown};
use crate::context::Context;
use crate::failure::Result;
use crate::open::{self, Purpose};

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
        let database = open::open(context, &self.db, Purpose::Write).await?;
        let written = database
            .export_plain(&self.file)
            .overwrite(self.force)
            .deadline(context.remaining_or_max())
            .cancel(context.token())
            .await;
        database.close().await?;
        written.map_err(|error| {
            let kept = format!("{} was not written", shown(&self.file));
            context.failed(error).kept(kept)
        })?;
        context.output.report(&Written::of(&self.file))?;
        Ok(ExitCode::SUCCESS)
    }
}
