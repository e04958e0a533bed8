//! Tests of the steps: that a failure stops them and is named.

use std::process::Command;

use super::Steps;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn message(outcome: crate::failure::Result) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn the_first_failure_stops_the_steps_and_is_named() {
    let mut reached = false;
    let outcome = Steps::run(|steps| {
        steps.command("good", &mut shell("exit 0"))?;
        steps.command("bad", &mut shell("exit 3"))?;
        reached = true;
        Ok(())
    });
    assert_eq!(message(outcome), "step `bad` failed: exit status: 3");
    assert!(!reached);
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let outcome = Steps::run(|steps| steps.command("gone", &mut Command::new("no-such-program")));
    let message = message(outcome);
    assert!(
        message.starts_with("step `gone` failed: cannot run no-such-program: "),
        "{message}"
    );
}

#[test]
fn the_tests_of_all_steps_are_counted() {
    let mut counted = String::new();
    let outcome = Steps::run(|steps| {
        let report = "printf 'test result: ok. 2 passed; 0 failed; 0 ignored\\n\\377\\n'";
        steps.command("one", &mut shell(report))?;
        steps.command("two", &mut shell(report))?;
        counted = steps.tally.to_string();
        Ok(())
    });
    assert!(outcome.is_ok());
    assert_eq!(counted, "tests: 4 passed, 0 failed, 0 skipped");
}

#[test]
fn complaints_fail_their_step() {
    let outcome = Steps::run(|steps| steps.check("rules", || Ok(vec!["a", "b"])));
    assert_eq!(message(outcome), "step `rules` failed: 2 complaints, above");
    let outcome = Steps::run(|steps| steps.check("rules", || Ok(Vec::<String>::new())));
    assert!(outcome.is_ok());
}
