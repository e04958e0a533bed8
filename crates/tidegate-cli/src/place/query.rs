//! Parameters of a URL.

use std::fmt::Display;

/// Names and values, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Adds a value, if there is one.
    #[must_use]
    pub(super) fn add(mut self, name: &'static str, value: Option<impl Display>) -> Self {
        self.0.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// Adds a name as often as there are values.
    #[must_use]
    pub(super) fn each(self, name: &'static str, values: &[impl Display]) -> Self {
        let values = values.iter();
        values.fold(self, |query, value| query.add(name, Some(value)))
    }

    /// Adds those of another.
    #[must_use]
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(super) fn pairs(&self) -> &[(&'static str, String)] {
        &self.0
    }
}
