//! Changing the targets to what a source says they are.

use tidegate::Tx;

use super::outbox::{self, Close};
use super::state::routing_changed;
use super::target::{NAME_BYTES_MAX, Target};
use super::target_rows::{load, put};
use crate::check;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;

/// The most targets of all sources.
pub const TARGETS_MAX: usize = 500;

/// What [`set_targets`] has changed, by names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetChanges {
    /// Those that are new.
    pub added: Vec<String>,
    /// Those that are others than before.
    pub changed: Vec<String>,
    /// Those that are gone. What was waiting for them is cancelled.
    pub removed: Vec<String>,
}

impl TargetChanges {
    /// Whether everything is as it was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// Makes the targets of a source be these: new ones are added, others changed or removed. Those of other sources stay.
///
/// Messages that wait for a target that is removed or disabled are cancelled, and say so in the ledger. Routes that name
/// a removed one do not reach it. Call [`reroute_step`](super::reroute_step) afterwards, so that alerts that fire already
/// reach new targets.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a field that is not as it
/// must be, and [`Conflict`](crate::ErrorKind::Conflict) for a name that another source has, with the index of the target
/// as [`item`](Error::item); and what the database answers.
pub fn set_targets(
    tx: &mut Tx<'_>,
    now: Timestamp,
    source: &str,
    targets: Vec<Target>,
) -> Result<TargetChanges> {
    check::line("source", source, NAME_BYTES_MAX)?;
    let present = load(tx)?;
    let (own, others): (Vec<_>, Vec<_>) = present.into_iter().partition(|(of, _)| of == source);
    check::count("targets", others.len() + targets.len(), TARGETS_MAX)?;
    for (item, target) in targets.iter().enumerate() {
        check_one(target, &targets[..item], &others).map_err(|error| error.of_item(item))?;
    }
    let mut changes = TargetChanges::default();
    for target in &targets {
        let before = own.iter().find(|(_, own)| own.name == target.name);
        let is_same = before.is_some_and(|(_, before)| before == target);
        if !is_same {
            put(tx, source, target)?;
            let list = match before {
                Some(_) => &mut changes.changed,
                None => &mut changes.added,
            };
            list.push(target.name.clone());
            if !target.is_enabled {
                outbox::close_all(
                    tx,
                    now,
                    &target.name,
                    Close::Cancelled("its target is disabled"),
                )?;
            }
        }
    }
    let is_left = |name: &str| targets.iter().any(|target| target.name == name);
    for (_, gone) in own.iter().filter(|(_, own)| !is_left(&own.name)) {
        remove(tx, now, &gone.name)?;
        changes.removed.push(gone.name.clone());
    }
    if !changes.is_empty() {
        routing_changed(tx, now)?;
    }
    Ok(changes)
}

fn check_one(target: &Target, before: &[Target], others: &[(String, Target)]) -> Result<()> {
    target.check()?;
    if before.iter().any(|other| other.name == target.name) {
        return Err(Error::invalid("name", "another target has it"));
    }
    match others.iter().find(|(_, other)| other.name == target.name) {
        Some((source, _)) => Err(Error::conflict(
            "target",
            format!("{} belongs to another source", check::shown(&target.name)),
            source.clone(),
        )),
        None => Ok(()),
    }
}

/// Removes a target with all that was on its way there; the ledger stays.
fn remove(tx: &mut Tx<'_>, now: Timestamp, name: &str) -> Result<()> {
    outbox::close_all(tx, now, name, Close::Cancelled("its target was removed"))?;
    let members = "DELETE FROM tg_notify_member WHERE flow IN (SELECT id FROM tg_notify_flow WHERE target = ?)";
    tx.execute(members, (name,))?;
    tx.execute("DELETE FROM tg_notify_flow WHERE target = ?", (name,))?;
    tx.execute("DELETE FROM tg_notify_target WHERE name = ?", (name,))?;
    Ok(())
}
