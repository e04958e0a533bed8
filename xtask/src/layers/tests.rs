//! Tests of the layers: that the workspace keeps them, and that a breach is found.

use serde_json::{Value, json};

use super::{LAYERS, below, check};
use crate::workspace::Workspace;

/// Dependencies as (name, kind).
type Uses<'a> = &'a [(&'a str, Option<&'a str>)];

/// The breaches of a workspace of `packages`, each with what it uses.
fn breaches(packages: &[(&str, Uses<'_>)]) -> Vec<String> {
    let packages: Vec<Value> = packages
        .iter()
        .map(|(name, uses)| {
            let uses = uses
                .iter()
                .map(|(name, kind)| json!({"name": name, "kind": kind}));
            json!({"name": name, "dependencies": uses.collect::<Vec<_>>()})
        })
        .collect();
    let json = json!({"packages": packages}).to_string();
    let workspace = Workspace::from_json(json.as_bytes()).unwrap();
    check(&workspace).iter().map(ToString::to_string).collect()
}

#[test]
fn the_workspace_keeps_its_layers() {
    assert_eq!(check(&Workspace::load().unwrap()), []);
}

#[test]
fn nothing_stands_below_itself() {
    for (name, _) in LAYERS {
        assert!(!below(name).contains(name), "{name}");
    }
}

#[test]
fn downward_is_allowed_across_several_layers() {
    let found = breaches(&[
        ("tidegate", &[("serde", None)]),
        ("tidegate-stores", &[("tidegate", None)]),
        ("tidegate-server", &[("tidegate-stores", None)]),
        ("tidegate-cli", &[("tidegate", None)]),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn an_upward_dependency_is_named_with_both_crates() {
    for kind in [None, Some("dev"), Some("build")] {
        let found = breaches(&[
            ("tidegate", &[("tidegate-stores", kind)]),
            ("tidegate-stores", &[]),
        ]);
        assert_eq!(
            found,
            [
                "`tidegate` must not depend on `tidegate-stores`, which does not stand below it \
                 (it may use no crate of the workspace)"
            ],
            "{kind:?}"
        );
    }
}

#[test]
fn a_sideways_dependency_is_a_breach() {
    let found = breaches(&[
        ("tidegate-stores", &[("tidegate-exec", None)]),
        ("tidegate-exec", &[]),
        ("tidegate", &[]),
    ]);
    assert_eq!(
        found,
        [
            "`tidegate-stores` must not depend on `tidegate-exec`, which does not stand below it \
             (it may use tidegate)"
        ]
    );
}

#[test]
fn the_testkit_is_for_tests_only() {
    let testkit = ("tidegate-testkit", &[][..]);
    let for_tests = ("tidegate", &[("tidegate-testkit", Some("dev"))][..]);
    assert!(breaches(&[testkit, for_tests]).is_empty());

    let shipped = ("tidegate", &[("tidegate-testkit", None)][..]);
    assert_eq!(
        breaches(&[testkit, shipped]),
        ["`tidegate` must not ship `tidegate-testkit`: make it a dev-dependency"]
    );
}

#[test]
fn the_testkit_and_the_automation_know_nobody() {
    for name in ["tidegate-testkit", "xtask"] {
        let found = breaches(&[(name, &[("tidegate", Some("dev"))]), ("tidegate", &[])]);
        assert_eq!(found.len(), 1, "{name}");
    }
    let found = breaches(&[
        ("xtask", &[("tidegate-testkit", Some("dev"))]),
        ("tidegate-testkit", &[]),
    ]);
    assert_eq!(found.len(), 1);
}

#[test]
fn a_crate_may_name_itself_for_its_tests() {
    let found = breaches(&[("tidegate", &[("tidegate", Some("dev"))])]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_crate_without_a_layer_is_named() {
    assert_eq!(
        breaches(&[("tidegate-new", &[])]),
        ["`tidegate-new` has no layer: give it a line in the table of xtask/src/layers.rs"]
    );
}
