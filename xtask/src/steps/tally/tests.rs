//! Tests of the count of tests.

use super::Tally;

#[test]
fn closing_lines_are_summed_and_others_passed_over() {
    let mut tally = Tally::default();
    for line in [
        "running 7 tests",
        "test pool::tests::serves ... ok",
        "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.10s\n",
        "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        "test result: unreadable",
    ] {
        tally.add(line);
    }
    assert_eq!(tally.to_string(), "tests: 7 passed, 2 failed, 1 skipped");
    assert!(!tally.is_empty());
}

#[test]
fn a_task_without_tests_has_an_empty_tally() {
    let mut tally = Tally::default();
    tally.add("Finished `dev` profile");
    assert!(tally.is_empty());
}
