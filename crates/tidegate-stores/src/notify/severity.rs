//! How urgent an alert is.

use crate::named::named;

named! {
    /// How urgent an alert is; ordered from harmless to urgent.
    pub enum Severity as "severity" {
        /// Good to know.
        Info = "info",
        /// Something may go wrong.
        Warning = "warning",
        /// Something went wrong; somebody should look.
        Critical = "critical",
        /// Somebody has to look at once.
        Emergency = "emergency",
    }
}
