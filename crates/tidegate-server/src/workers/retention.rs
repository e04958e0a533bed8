//! Carrying what the configuration says of retention into the stores.

use tidegate::Database;
use tidegate_stores::{events, metrics};

use crate::config::Config;

/// Sets what the configuration gives; the rest stays as it was.
pub(crate) async fn apply_retention(db: &Database, config: &Config) -> tidegate::Result<()> {
    let wanted = config.retention.clone();
    db.write(move |tx| {
        let before = metrics::retention(tx)?;
        let after = wanted.metrics(before)?;
        if after != before {
            metrics::set_retention(tx, after)?;
        }
        let before = events::retention(tx)?;
        let after = wanted.events(before)?;
        if after != before {
            events::set_retention(tx, after)?;
        }
        Ok(())
    })
    .await
}
