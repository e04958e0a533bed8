//! The accessibility checks of axe-core.

use serde_json::Value as Json;

use super::session::{Browser, target};

const MISSING: &str = "axe-core is missing: `cargo xtask test` fetches it";

/// Fails with what axe finds wrong with the page that is shown.
pub(super) async fn check(browser: &Browser, name: &str) {
    let file = target().join("axe-core/node_modules/axe-core/axe.min.js");
    let axe = tokio::fs::read_to_string(file).await.expect(MISSING);
    // By the DevTools: the page's own policy lets no such script in.
    let parameters = serde_json::json!({ "expression": axe });
    browser.devtools("Runtime.evaluate", &parameters).await;
    let found = browser
        .run_async(
            "const done = arguments[0]; \
             axe.run(document, { resultTypes: ['violations'] }).then((found) => done(found.violations), (error) => done(String(error)));",
        )
        .await;
    let violations = found
        .as_array()
        .unwrap_or_else(|| panic!("{name}: {found}"));
    let told: Vec<String> = violations.iter().map(told).collect();
    assert!(told.is_empty(), "{name}:\n{}", told.join("\n"));
}

fn told(violation: &Json) -> String {
    let nodes = violation["nodes"].as_array().unwrap().iter();
    let nodes = nodes.map(|node| format!("  {}: {}", node["html"], node["failureSummary"]));
    let nodes: Vec<String> = nodes.collect();
    format!(
        "{}: {}\n{}",
        violation["id"],
        violation["help"],
        nodes.join("\n")
    )
}
