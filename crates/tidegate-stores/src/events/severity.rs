//! How bad an event is.

use crate::named::named;

named! {
    /// How bad an event is; ordered from harmless to bad.
    pub enum Severity as "severity" {
        /// Of interest to whoever looks for a fault.
        Debug = "debug",
        /// Something normal.
        Info = "info",
        /// Something may go wrong.
        Warning = "warning",
        /// Something went wrong.
        Error = "error",
        /// Something went wrong that others suffer from.
        Critical = "critical",
    }
}
