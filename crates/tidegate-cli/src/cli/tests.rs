//! Tests of the grammar.

use clap::CommandFactory;

use super::*;

#[test]
fn the_grammar_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn deadlines_have_a_unit_and_are_above_zero() {
    assert_eq!(deadline("1m30s"), Ok(Duration::from_secs(90)));
    assert_eq!(deadline("250ms"), Ok(Duration::from_millis(250)));
    for wrong in ["", "2", "0s", "-1s", "soon"] {
        assert!(deadline(wrong).is_err(), "{wrong}");
    }
}
