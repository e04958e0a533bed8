//! The tests that a model checker runs, which need their crate built in a way of its own.

use std::fmt;

use crate::workspace::{Package, Workspace};

#[cfg(test)]
mod tests;

/// The features that build a crate for a model checker, and for nothing else.
const FEATURES: &[&str] = &["shuttle", "__shuttle", "loom", "__loom"];

/// The models of one package.
pub(crate) struct Models<'a> {
    package: &'a Package,
    feature: &'a str,
}

/// All that the workspace has.
pub(crate) fn of(workspace: &Workspace) -> impl Iterator<Item = Models<'_>> {
    let packages = workspace.with_features(FEATURES);
    packages.flat_map(|(package, features)| {
        let features = features.into_iter();
        features.map(move |feature| Models { package, feature })
    })
}

impl Models<'_> {
    /// Selects them for Cargo: the tests that require the feature, or the unit tests if none does.
    pub(crate) fn arguments(&self) -> Vec<&str> {
        let mut arguments = vec!["--package", &self.package.name, "--features", self.feature];
        let mut tests = self.tests().peekable();
        if tests.peek().is_none() {
            arguments.push("--lib");
        }
        arguments.extend(tests.flat_map(|name| ["--test", name]));
        arguments
    }

    fn tests(&self) -> impl Iterator<Item = &str> {
        let tests = self.package.tests();
        let required = tests.filter(|test| {
            test.required_features
                .iter()
                .any(|name| name == self.feature)
        });
        required.map(|test| test.name.as_str())
    }
}

impl fmt::Display for Models<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.package.name, self.feature)
    }
}
