//! Where an alert came from.

use super::named::named;

named! {
    /// Where an alert came from.
    pub enum Origin as "origin" {
        /// A rule found its condition met.
        Rule = "rule",
        /// Somebody triggered it.
        Manual = "manual",
        /// Another program told of it, as Prometheus does.
        Pushed = "pushed",
    }
}
