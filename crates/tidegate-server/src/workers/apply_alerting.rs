//! Carrying what the configuration says of alerts and notifications into the stores.

use tidegate::Database;
use tidegate_stores::{alerts, notify};

use crate::clock;
use crate::config::{Config, builtin_rules};

/// Whose rules and targets these are.
const SOURCE: &str = "config";
/// Whose the built-in rules are.
const BUILTIN: &str = "builtin";

/// Makes settings, targets, routes, rules and inhibitions be those of the configuration, all in one transaction. Alerts of
/// rules that go on keep their state.
pub(crate) async fn apply_alerting(db: &Database, config: &Config) -> tidegate::Result<()> {
    let config = config.clone();
    db.write(move |tx| {
        let now = clock::now();
        let before = alerts::settings(tx)?;
        let settings = config.alerts.settings(before);
        if settings != before {
            alerts::set_settings(tx, settings)?;
        }
        if notify::retention(tx)? != settings.keep_resolved {
            notify::set_retention(tx, settings.keep_resolved)?;
        }
        notify::set_targets(tx, now, SOURCE, config.stored_targets()?)?;
        notify::set_routes(tx, now, &config.stored_routes()?)?;
        alerts::set_rules(tx, now, BUILTIN, builtin_rules(&config))?;
        alerts::set_rules(tx, now, SOURCE, config.rule.clone())?;
        alerts::set_inhibitions(tx, now, &config.inhibit)?;
        Ok(())
    })
    .await
}
