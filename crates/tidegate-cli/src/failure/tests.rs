//! Tests of failures: their text, their JSON, their way through a closure.

use super::*;

#[test]
fn the_text_names_the_place_then_what_was_kept_then_the_hint() {
    let failure = Failure::input("`x` is no INTEGER")
        .at("a.csv", 7)
        .kept("nothing was imported")
        .hint("mend the line");
    assert_eq!(
        failure.to_string(),
        "a.csv, line 7: `x` is no INTEGER\nkept: nothing was imported\nhint: mend the line"
    );
    assert_eq!(
        failure.to_json(),
        json!({"error": {
            "code": "input", "message": "`x` is no INTEGER", "file": "a.csv", "line": 7,
            "kept": "nothing was imported", "hint": "mend the line", "exit_code": 1
        }})
    );
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let failure = Failure::input("\u{1b}[31mred\u{7}").at("\u{1b}c", 1);
    assert!(!failure.to_string().contains('\u{1b}'));
}

#[test]
fn a_failure_survives_its_way_through_the_driver() {
    let carried: tidegate::Error = Failure::refused("no").at("f", 3).into();
    let back = Failure::from(carried);
    assert_eq!(back.to_string(), "f, line 3: no");
}

#[test]
fn only_a_signal_turns_cancelled_into_its_code() {
    let cancelled = || Failure::new("cancelled", FAILED, "the transaction was rolled back");
    assert_eq!(cancelled().or_stopped(None).exit_code(), FAILED);
    for (stop, code) in [
        (Stop::Interrupt, INTERRUPTED),
        (Stop::Terminate, TERMINATED),
    ] {
        assert_eq!(cancelled().or_stopped(Some(stop)).exit_code(), code);
    }
    let other = Failure::refused("no").or_stopped(Some(Stop::Interrupt));
    assert_eq!(other.exit_code(), FAILED);
}
