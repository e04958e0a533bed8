//! The direction of the dependencies: crates know only what stands below them.

use std::collections::BTreeSet;
use std::fmt;

use crate::workspace::{Dependency, Package, Workspace};

#[cfg(test)]
mod tests;

/// Every crate with those directly below it; it may use them and all that stands below them.
const LAYERS: &[(&str, &[&str])] = &[
    ("tidegate-cli", &["tidegate-server", "tidegate-scan"]),
    (
        "tidegate-server",
        &["tidegate-stores", "tidegate-exec", "tidegate-deliver"],
    ),
    ("tidegate-stores", &["tidegate"]),
    ("tidegate-py", &["tidegate"]),
    ("tidegate", &[]),
    ("tidegate-exec", &[]),
    ("tidegate-deliver", &[]),
    ("tidegate-scan", &[]),
    (TESTKIT, &[]),
    (AUTOMATION, &[]),
];

/// What every product crate may use in its tests, and nothing but tests.
const TESTKIT: &str = "tidegate-testkit";

/// This crate: it starts the others and is linked with none of them.
const AUTOMATION: &str = "xtask";

/// A dependency or crate that the layers do not allow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    /// A crate of the workspace has no place in the table.
    Unplaced { package: String },
    /// A crate uses one that does not stand below it.
    Upward { from: String, to: String },
    /// A crate ships what is only for tests.
    ShipsTestkit { from: String },
}

/// Every breach of the layers in `workspace`, dev- and build-dependencies included.
pub(crate) fn check(workspace: &Workspace) -> Vec<Breach> {
    let names: BTreeSet<&str> = workspace.packages.iter().map(|p| p.name.as_str()).collect();
    let mut breaches = Vec::new();
    for package in &workspace.packages {
        if directly_below(&package.name).is_none() {
            breaches.push(Breach::Unplaced {
                package: package.name.clone(),
            });
            continue;
        }
        let inside = package.dependencies.iter();
        let inside = inside.filter(|dependency| names.contains(dependency.name.as_str()));
        breaches.extend(inside.filter_map(|dependency| breach(package, dependency)));
    }
    breaches
}

fn breach(package: &Package, dependency: &Dependency) -> Option<Breach> {
    let from = package.name.clone();
    let for_tests = dependency.kind.as_deref() == Some("dev");
    if dependency.name == TESTKIT && from != AUTOMATION && from != TESTKIT {
        return (!for_tests).then_some(Breach::ShipsTestkit { from });
    }
    // Its own name as a dev-dependency turns on features for tests, and points nowhere.
    let itself = for_tests && dependency.name == from;
    (!itself && !below(&from).contains(dependency.name.as_str())).then(|| Breach::Upward {
        from,
        to: dependency.name.clone(),
    })
}

fn directly_below(name: &str) -> Option<&'static [&'static str]> {
    let layer = LAYERS.iter().find(|(crate_name, _)| *crate_name == name);
    layer.map(|(_, below)| *below)
}

/// All crates that stand below `name`.
fn below(name: &str) -> BTreeSet<&'static str> {
    let mut all = BTreeSet::new();
    for next in directly_below(name).unwrap_or_default() {
        all.insert(*next);
        all.extend(below(next));
    }
    all
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unplaced { package } => write!(
                f,
                "`{package}` has no layer: give it a line in the table of xtask/src/layers.rs"
            ),
            Self::Upward { from, to } => write!(
                f,
                "`{from}` must not depend on `{to}`, which does not stand below it ({})",
                what_it_may_use(from)
            ),
            Self::ShipsTestkit { from } => write!(
                f,
                "`{from}` must not ship `{TESTKIT}`: make it a dev-dependency"
            ),
        }
    }
}

fn what_it_may_use(name: &str) -> String {
    let below: Vec<&str> = below(name).into_iter().collect();
    if below.is_empty() {
        return "it may use no crate of the workspace".to_owned();
    }
    format!("it may use {}", below.join(", "))
}
