//! The driver under random faults, for seconds by default and for as long as `TIDEGATE_SOAK_SECONDS` says.
//!
//! A binary of its own, because here the process itself is the fixture: it is started again, and killed.

mod cancels;
mod histories;
mod kill;
mod pace;
mod processes;
