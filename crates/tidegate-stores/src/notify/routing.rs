//! Where an alert is to be told, by the targets and routes as they are now.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use tidegate::ReadTx;

use super::pace::Pace;
use super::route::Routes;
use super::set_routes::routes;
use super::severity::Severity;
use super::snapshot::Snapshot;
use super::state::State;
use super::target::Target;
use super::target_rows::targets;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::labels::Labels;

thread_local! {
    /// What was loaded last. Compiling the expressions of all routes for every alert would take longer than all the rest.
    static LATEST: RefCell<Option<Rc<Routing>>> = const { RefCell::new(None) };
}

/// Targets and routes of one version.
#[derive(Debug)]
pub(super) struct Routing {
    pub(super) version: i64,
    /// Random, so that what was loaded of one file, or in a transaction that was rolled back, never passes for another's.
    mark: Id,
    targets: BTreeMap<String, Target>,
    routes: Routes,
}

/// A flow that an alert belongs to.
#[derive(Debug)]
pub(super) struct Place<'r> {
    pub(super) group_key: Fingerprint,
    pub(super) target: &'r Target,
    /// `None` for an escalation.
    pub(super) route: Option<&'r str>,
    pub(super) labels: Labels,
}

impl Routing {
    pub(super) fn load(tx: &mut ReadTx<'_>) -> Result<Rc<Self>> {
        let state = State::load(tx)?;
        let is_current = |latest: &Rc<Self>| {
            latest.version == state.routing && latest.mark == state.routing_mark
        };
        let latest = LATEST.with_borrow(|latest| latest.clone().filter(is_current));
        if let Some(latest) = latest {
            return Ok(latest);
        }
        let by_name = |target: Target| (target.name.clone(), target);
        let routing = Rc::new(Self {
            version: state.routing,
            mark: state.routing_mark,
            targets: targets(tx)?.into_iter().map(by_name).collect(),
            routes: routes(tx)?,
        });
        LATEST.set(Some(Rc::clone(&routing)));
        Ok(routing)
    }

    pub(super) fn target(&self, name: &str) -> Option<&Target> {
        self.targets.get(name)
    }

    /// A target that messages may be made for.
    pub(super) fn enabled(&self, name: &str) -> Option<&Target> {
        self.target(name).filter(|target| target.is_enabled)
    }

    pub(super) fn all_enabled(&self) -> impl Iterator<Item = &Target> {
        self.targets.values().filter(|target| target.is_enabled)
    }

    /// When a flow's messages are due; `None` if its route is gone, or does not lead to its target any more.
    pub(super) fn pace(&self, route: Option<&str>, target: &str) -> Option<Pace> {
        self.target(target)?;
        match route {
            None => Some(Pace::of_escalation(&self.routes.default)),
            Some(name) => {
                let route = self.routes.find(name)?;
                let leads_there = route.targets.iter().any(|name| name == target);
                leads_there.then(|| Pace::of(route))
            }
        }
    }

    /// Whether alerts of this severity are told there. An escalation names its targets, and goes there whatever it is.
    pub(super) fn wants(&self, severity: Severity, route: Option<&str>, target: &str) -> bool {
        self.target(target)
            .is_some_and(|target| route.is_none() || severity >= target.severity_min)
    }

    /// The flows that an alert belongs to.
    pub(super) fn places(&self, alert: &Snapshot) -> Vec<Place<'_>> {
        let labels = alert.all_labels();
        let mut places = Vec::new();
        for route in self.routes.taking(&labels) {
            let labels = labels.only(&route.group_by);
            let group_key = group_key("route", &route.name, &labels);
            places.extend(
                self.leading(&route.targets)
                    .into_iter()
                    .map(|target| Place {
                        group_key,
                        target,
                        route: Some(&*route.name),
                        labels: labels.clone(),
                    }),
            );
        }
        let group_key = group_key(
            "escalation",
            &alert.fingerprint.to_string(),
            &Labels::empty(),
        );
        places.extend(
            self.leading(&alert.further_targets)
                .into_iter()
                .map(|target| Place {
                    group_key,
                    target,
                    route: None,
                    labels: labels.clone(),
                }),
        );
        places
    }

    /// Those of the named targets that exist, each once.
    fn leading(&self, names: &[String]) -> Vec<&Target> {
        let is_first = |(index, name): &(usize, &String)| !names[..*index].contains(name);
        let first = names.iter().enumerate().filter(is_first);
        first.filter_map(|(_, name)| self.target(name)).collect()
    }
}

/// What stands for a group: the same after every restart.
pub(super) fn group_key(kind: &str, name: &str, labels: &Labels) -> Fingerprint {
    Fingerprint::of(&format!("{kind}/{name}"), labels)
}
