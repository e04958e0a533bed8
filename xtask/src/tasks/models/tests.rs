//! Tests of how models are found.

use serde_json::{Value, json};

use super::of;
use crate::workspace::Workspace;

/// The arguments for each model of a package `tidegate` with `features` and `targets`.
fn arguments(features: Value, targets: Value) -> Vec<String> {
    let package = json!({
        "name": "tidegate", "dependencies": [], "features": features, "targets": targets,
    });
    let json = json!({"packages": [package]}).to_string();
    let workspace = Workspace::from_json(json.as_bytes()).unwrap();
    of(&workspace)
        .map(|model| model.arguments().join(" "))
        .collect()
}

#[test]
fn without_the_feature_there_is_no_model() {
    assert!(arguments(json!({"json": []}), json!([])).is_empty());
}

#[test]
fn the_tests_that_require_the_feature_are_the_models() {
    let targets = json!([
        {"name": "tidegate", "kind": ["lib"]},
        {"name": "it", "kind": ["test"]},
        {"name": "model", "kind": ["test"], "required-features": ["shuttle"]},
    ]);
    assert_eq!(
        arguments(json!({"shuttle": ["dep:shuttle"]}), targets),
        ["--package tidegate --features shuttle --test model"]
    );
}

#[test]
fn without_such_tests_the_unit_tests_are_the_models() {
    assert_eq!(
        arguments(json!({"__loom": []}), json!([])),
        ["--package tidegate --features __loom --lib"]
    );
}
