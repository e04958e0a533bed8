//! The one door for automation.
fn main() {}
