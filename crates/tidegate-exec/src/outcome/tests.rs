//! How outcomes read.

use super::*;

pub(crate) fn outcome(status: Status, stopped: Option<Stop>, stdout: &str) -> Outcome {
    let captured = |text: &str| Captured {
        bytes: text.as_bytes().to_vec(),
        dropped_bytes: 0,
        complete: true,
    };
    Outcome {
        status,
        stopped,
        stdout: captured(stdout),
        stderr: captured(""),
        waited: Duration::ZERO,
        ran: Duration::from_millis(1_500),
    }
}

#[test]
fn an_outcome_reads_as_one_line() {
    let killed = Some(Stop::TimedOut { killed: true });
    let asked = Some(Stop::TimedOut { killed: false });
    let cases = [
        (Status::Code(3), None, "exit code 3 after 1.5s"),
        (Status::Signal(15), None, "ended by signal 15 after 1.5s"),
        (
            Status::Signal(9),
            killed,
            "timed out and killed (ended by signal 9) after 1.5s",
        ),
        (Status::Code(0), asked, "timed out (exit code 0) after 1.5s"),
        (
            Status::Signal(24),
            Some(Stop::CpuLimit),
            "processor time used up (ended by signal 24) after 1.5s",
        ),
    ];
    for (status, stopped, expected) in cases {
        assert_eq!(outcome(status, stopped, "").to_string(), expected);
    }
}

#[test]
fn only_an_own_end_with_code_zero_is_success() {
    let timed_out = Some(Stop::TimedOut { killed: false });
    assert!(outcome(Status::Code(0), None, "").success());
    assert!(!outcome(Status::Code(1), None, "").success());
    assert!(!outcome(Status::Signal(9), None, "").success());
    assert!(!outcome(Status::Code(0), timed_out, "").success());
}

#[test]
fn debugging_a_long_output_shows_its_beginning() {
    let outcome = outcome(Status::Code(0), None, &"x".repeat(100_000));
    assert!(format!("{outcome:?}").len() < 1_000);
}
