//! Rules in either place.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use tidegate::{ReadTx, Tx};
use tidegate_stores::alerts::{self, Explanation, Filter, Rule, State, StoredRule};
use tidegate_stores::{PAGE_ITEMS_MAX, Result as StoreResult};

use super::query::Query;
use super::{Place, wire};
use crate::clock;
use crate::failure::{Failure, Result};

/// Rules that are only tried have this source while they are.
const TRIED: &str = "tried";

impl Place<'_> {
    /// The rules by name, each with how many of its alerts are pending and fire.
    pub(crate) async fn rules(&self) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.get(&["rules"], Query::default()).await,
            Self::File(stores) => stores,
        };
        let look = |tx: &mut ReadTx<'_>| {
            let counts = counts(tx)?;
            let rules = alerts::rules(tx, None)?;
            let items = rules.iter().map(|stored| with_counts(stored, &counts));
            Ok(wire::list(items.collect(), None))
        };
        stores.read(look).await
    }

    /// What these rules would find now, had they been given in place of those of their names; nothing is kept.
    pub(crate) async fn try_rules(&self, rules: Vec<Rule>) -> Result<Vec<Explanation>> {
        let Self::File(stores) = self else {
            let message = "rules are tried on a database file: give --db";
            return Err(Failure::usage(message));
        };
        let now = clock::now();
        let attempt = move |tx: &mut Tx<'_>| {
            let mut found = Vec::new();
            let undone = tx.savepoint(|tx| {
                for rule in rules {
                    found.push(tried(tx, now, rule)?);
                }
                // Undoes the savepoint; what it says is not looked at.
                Err::<(), _>(tidegate::Error::application("the rules were only tried"))
            });
            match undone {
                Err(error) if error.kind() != tidegate::ErrorKind::Application => Err(error.into()),
                Err(error) => match error.downcast::<tidegate_stores::Error>() {
                    Ok(refused) => Err(refused),
                    Err(_) => Ok(found),
                },
                Ok(()) => Ok(found),
            }
        };
        stores.write(attempt).await
    }
}

fn tried(tx: &mut Tx<'_>, now: tidegate_stores::Timestamp, rule: Rule) -> StoreResult<Explanation> {
    let name = rule.name.clone();
    let present = alerts::rules(tx, None)?.into_iter();
    let source = present
        .filter(|stored| stored.rule.name == name)
        .map(|stored| stored.source)
        .next();
    alerts::put_rule(tx, now, source.as_deref().unwrap_or(TRIED), rule)?;
    alerts::explain(tx, now, &name)
}

/// How many alerts of each rule are pending, and how many fire.
type Counts = HashMap<String, (u64, u64)>;

fn counts(tx: &mut ReadTx<'_>) -> StoreResult<Counts> {
    let mut counts = Counts::new();
    let mut filter = Filter::default();
    filter.states = vec![State::Pending, State::Firing];
    let mut cursor = None;
    loop {
        let page = alerts::active(tx, &filter, cursor.as_ref(), PAGE_ITEMS_MAX)?;
        for alert in page.items {
            let (pending, firing) = counts.entry(alert.name).or_default();
            match alert.state {
                State::Pending => *pending += 1,
                _ => *firing += 1,
            }
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(counts),
        }
    }
}

fn with_counts(stored: &StoredRule, counts: &Counts) -> Json {
    let (pending, firing) = counts.get(&stored.rule.name).copied().unwrap_or_default();
    let mut shown = rule(stored);
    shown["state"] = json!({ "pending": pending, "firing": firing, "last_evaluated_at": null });
    shown
}

/// A rule as it is written, and whose set it belongs to.
pub(super) fn rule(stored: &StoredRule) -> Json {
    let mut shown = serde_json::to_value(&stored.rule).unwrap_or_default();
    shown["source"] = stored.source.as_str().into();
    shown
}
