//! The alerts of a message with everything that is told of them.

use std::collections::{BTreeMap, HashMap};

use tidegate::{ReadTx, list};

use super::delivery::{DELIVERY_ALERTS_MAX, ToldAlert};
use super::snapshot::Snapshot;
use super::tale::Member;
use crate::error::Result;
use crate::labels::Labels;

/// The first [`DELIVERY_ALERTS_MAX`] members as they are told, in their order.
pub(super) fn alerts(tx: &mut ReadTx<'_>, members: &[Member]) -> Result<Vec<ToldAlert>> {
    let listed = &members[..members.len().min(DELIVERY_ALERTS_MAX)];
    let ids = list(listed.iter().map(|member| member.alert));
    let sql = "SELECT * FROM tg_notify_alert WHERE id IN rarray(?)";
    let snapshots: Vec<Snapshot> = tx.query(sql, (ids,))?;
    let mut by_id: HashMap<i64, Snapshot> = snapshots
        .into_iter()
        .map(|snapshot| (snapshot.id, snapshot))
        .collect();
    let told = listed.iter().filter_map(|member| {
        let snapshot = by_id.remove(&member.alert)?;
        Some(told(snapshot, member.is_news()))
    });
    Ok(told.collect())
}

fn told(alert: Snapshot, is_news: bool) -> ToldAlert {
    ToldAlert {
        fingerprint: alert.fingerprint,
        alert: alert.alert,
        status: alert.status,
        is_news,
        name: alert.name,
        severity: alert.severity,
        labels: alert.labels,
        annotations: alert.annotations,
        value: alert.value,
        occurrences: alert.occurrences,
        starts_at: alert.starts_at,
        ends_at: alert.ends_at,
        generator_url: alert.generator_url,
    }
}

/// The labels that all of them have with the same value.
pub(super) fn common_labels(alerts: &[ToldAlert]) -> Labels {
    let Some((first, rest)) = alerts.split_first() else {
        return Labels::empty();
    };
    let mut common = first.all_labels();
    for alert in rest {
        let labels = alert.all_labels();
        let shared = common
            .iter()
            .filter(|label| labels.get(label.name()) == Some(label.value()));
        let names: Vec<&str> = shared.map(|label| label.name()).collect();
        common = common.only(&names);
    }
    common
}

/// The annotations that all of them have with the same text.
pub(super) fn common_annotations(alerts: &[ToldAlert]) -> BTreeMap<String, String> {
    let Some((first, rest)) = alerts.split_first() else {
        return BTreeMap::new();
    };
    let is_common = |(name, text): &(&String, &String)| {
        rest.iter()
            .all(|alert| alert.annotations.get(*name) == Some(*text))
    };
    let common = first.annotations.iter().filter(is_common);
    common
        .map(|(name, text)| (name.clone(), text.clone()))
        .collect()
}
