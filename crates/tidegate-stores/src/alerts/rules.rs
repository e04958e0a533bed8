//! Keeping rules: sets of them that are replaced as a whole, and single ones.

use std::collections::HashSet;

use tidegate::{ReadTx, Tx};

use super::record::Record;
use super::resolving::resolve;
use super::rule::Rule;
use super::stored_rule::{StoredRule, all, find, remove, save};
use super::texts::check_who;
use super::transition::TransitionKind;
use super::writer::{Note, Writer};
use crate::check;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;

/// The most rules of one database.
pub const RULES_MAX: usize = 5_000;

/// What [`set_rules`] has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RulesChanged {
    /// Rules that are new.
    pub added: usize,
    /// Rules that differ from what they were.
    pub changed: usize,
    /// Rules that are gone; their alerts are resolved.
    pub removed: usize,
}

/// Makes `rules` the rules of one source, such as `config`, `builtin` or `api`: what is new is added, what differs is
/// changed, what is missing is removed with its alerts resolved. Alerts of rules that go on keep their state.
///
/// # Errors
/// As [`Rule::check`], and [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name given twice, with the index of the
/// rule as [`item`](Error::item); [`Conflict`](crate::ErrorKind::Conflict) for a name that belongs to another source, which
/// is then [`found`](Error::found); [`Limit`](crate::ErrorKind::Limit) beyond [`RULES_MAX`]; and what the database answers.
pub fn set_rules(
    tx: &mut Tx<'_>,
    now: Timestamp,
    source: &str,
    rules: Vec<Rule>,
) -> Result<RulesChanged> {
    check_who("source", source)?;
    check_all(&rules)?;
    let names: HashSet<&str> = rules.iter().map(|rule| &*rule.name).collect();
    let before = all(tx, Some(source))?;
    let mut changed = RulesChanged::default();
    for gone in before
        .iter()
        .filter(|stored| !names.contains(&*stored.rule.name))
    {
        remove(tx, &gone.rule.name)?;
        end_alerts(tx, now, &gone.rule.name, "its rule was removed")?;
        changed.removed += 1;
    }
    for (item, rule) in rules.into_iter().enumerate() {
        match put(tx, now, source, rule).map_err(|error| error.of_item(item))? {
            Put::Added => changed.added += 1,
            Put::Changed => changed.changed += 1,
            Put::Same => {}
        }
    }
    check_count(tx)?;
    Ok(changed)
}

/// Adds a rule to those of a source, or changes it; says whether anything differs now.
///
/// # Errors
/// As [`set_rules`].
pub fn put_rule(tx: &mut Tx<'_>, now: Timestamp, source: &str, rule: Rule) -> Result<bool> {
    check_who("source", source)?;
    rule.check()?;
    let put = put(tx, now, source, rule)?;
    check_count(tx)?;
    Ok(put != Put::Same)
}

/// Removes a rule of a source. Its alerts are resolved.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none; [`Conflict`](crate::ErrorKind::Conflict) if it belongs to
/// another source, which is then [`found`](Error::found); and what the database answers.
pub fn delete_rule(tx: &mut Tx<'_>, now: Timestamp, source: &str, name: &str) -> Result<()> {
    check_owner(&rule(tx, name)?, source)?;
    remove(tx, name)?;
    end_alerts(tx, now, name, "its rule was removed")
}

/// The rule of a name.
///
/// # Errors
/// [`NotFound`](crate::ErrorKind::NotFound) if there is none; and what the database answers.
pub fn rule(tx: &mut ReadTx<'_>, name: &str) -> Result<StoredRule> {
    let shown = check::shown(name);
    find(tx, name)?.ok_or_else(|| Error::not_found("rule", shown))
}

/// All rules by name, or those of one source.
///
/// # Errors
/// What the database answers.
pub fn rules(tx: &mut ReadTx<'_>, source: Option<&str>) -> Result<Vec<StoredRule>> {
    all(tx, source)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Put {
    Added,
    Changed,
    Same,
}

fn put(tx: &mut Tx<'_>, now: Timestamp, source: &str, rule: Rule) -> Result<Put> {
    let before = find(tx, &rule.name)?;
    if let Some(stored) = &before {
        check_owner(stored, source)?;
        if stored.rule == rule {
            return Ok(Put::Same);
        }
    }
    let (name, enabled) = (rule.name.clone(), rule.enabled);
    save(tx, now, source, rule)?;
    match before {
        None => Ok(Put::Added),
        Some(_) if enabled => Ok(Put::Changed),
        Some(_) => end_alerts(tx, now, &name, "its rule was switched off").map(|()| Put::Changed),
    }
}

fn check_all(rules: &[Rule]) -> Result<()> {
    check::count("rules", rules.len(), RULES_MAX)?;
    let mut names = HashSet::new();
    for (item, rule) in rules.iter().enumerate() {
        rule.check().map_err(|error| error.of_item(item))?;
        if !names.insert(&*rule.name) {
            let reason = format!("{} is given twice", check::shown(&rule.name));
            return Err(Error::invalid("name", reason).of_item(item));
        }
    }
    Ok(())
}

fn check_owner(stored: &StoredRule, source: &str) -> Result<()> {
    match stored.source == source {
        true => Ok(()),
        false => {
            let name = check::shown(&stored.rule.name);
            let reason = format!("{name} is a rule of {}", check::shown(&stored.source));
            Err(Error::conflict("rule", reason, stored.source.clone()))
        }
    }
}

fn check_count(tx: &mut ReadTx<'_>) -> Result<()> {
    let count = tx.query_scalar("SELECT count(*) FROM tg_alert_rule", ())?;
    check::count("rules", count, RULES_MAX)
}

/// Resolves the active alerts of a rule.
fn end_alerts(tx: &mut Tx<'_>, now: Timestamp, rule: &str, why: &str) -> Result<()> {
    let sql = "SELECT * FROM tg_alert WHERE rule = ? AND resolved_at IS NULL ORDER BY id";
    let records: Vec<Record> = tx.query(sql, (rule,))?;
    let mut writer = Writer::begin(now);
    for record in records {
        let note = Note::own(TransitionKind::Resolved, why);
        resolve(tx, &mut writer, record, now, note)?;
    }
    writer.finish(tx)
}
