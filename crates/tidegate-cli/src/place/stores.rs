//! The stores of a database file.

use std::path::Path;

use tidegate::{Database, ReadTx, Tx};
use tidegate_stores::schema;

use super::Access;
use crate::context::Context;
use crate::failure::{Failure, Result};

/// An open database whose tables are as this program knows them.
pub(crate) struct Stores<'c> {
    context: &'c Context,
    database: Database,
}

impl<'c> Stores<'c> {
    /// Makes sure that the tables are there. They are made only for whoever puts something in.
    pub(super) async fn prepare(
        context: &'c Context,
        database: &Database,
        path: &Path,
        access: Access,
    ) -> Result<Self> {
        let steps = schema::migrations();
        match access {
            Access::Fill => drop(context.call(database.migrate(&steps)).await?),
            Access::Look | Access::Change => {
                let status = context.call(database.migrations_status(&steps)).await?;
                require_current(path, status.version, status.latest)?;
            }
        }
        Ok(Self {
            context,
            database: database.clone(),
        })
    }

    /// Looks into the stores.
    pub(super) async fn read<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut ReadTx<'_>) -> tidegate_stores::Result<R> + Send + 'static,
    ) -> Result<R> {
        let call = self.database.read(move |tx| Ok(work(tx)?));
        self.context.call(call).await
    }

    /// Changes what is in the stores, in one transaction.
    pub(super) async fn write<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> tidegate_stores::Result<R> + Send + 'static,
    ) -> Result<R> {
        let call = self.database.write(move |tx| Ok(work(tx)?));
        let done = self.context.call(call).await;
        done.map_err(|failure| failure.nothing_kept("nothing was changed"))
    }
}

fn require_current(path: &Path, version: u32, latest: u32) -> Result<()> {
    let file = path.display();
    let failure = match version {
        version if version == latest => return Ok(()),
        0 => Failure::refused(format!("{file} has no tables of tidegate yet")),
        version if version < latest => Failure::refused(format!(
            "{file} is of an older version: {version} of {latest}"
        )),
        version => {
            let message = format!("{file} is of version {version}; this program knows {latest}");
            return Err(Failure::refused(message).hint("take a newer tidegate"));
        }
    };
    Err(failure.hint(format!(
        "`tidegate serve --db {file}` makes it ready, and so do verbs that record something"
    )))
}
