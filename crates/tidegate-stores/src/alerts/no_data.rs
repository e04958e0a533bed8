//! What a rule makes of series that are silent.

use super::named::named;

named! {
    /// What a rule makes of it if a series has no sample in the window.
    #[derive(Default)]
    pub enum NoData as "no_data" {
        /// Nothing is opened; what is active ends as if the condition did not hold. As Prometheus does.
        #[default]
        Ignore = "ignore",
        /// It is as bad as a breach: what is active stays, and if the rule finds no series at all, it opens an alert that
        /// has the rule's labels only.
        Alert = "alert",
        /// Nothing is opened, and what is active stays as it is.
        Keep = "keep",
    }
}
