//! What is measured of everything that the server does: operations by class, with targets, histograms, grades.

mod class;
mod grade;
mod ledger;
mod tally;

pub(crate) use class::Class;
pub(crate) use ledger::{Ledger, Measured};
pub(crate) use tally::{Figures, Outcome, Tally};
