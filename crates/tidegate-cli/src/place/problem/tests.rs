//! Tests of problems as failures.

use serde_json::{Value as Json, json};

use super::*;

#[track_caller]
fn check(problem: Json, code: &str, exit: u64, message: &str) -> Json {
    let failure = read(problem.to_string().as_bytes()).unwrap();
    let error = failure.to_json()["error"].clone();
    assert_eq!(error["code"], code);
    assert_eq!(error["exit_code"], exit);
    assert_eq!(error["message"], message);
    error
}

#[test]
fn the_field_comes_first() {
    check(
        json!({"code": "invalid_field", "detail": "must lie ahead", "field": "expires_at"}),
        "invalid_field",
        1,
        "expires_at: must lie ahead",
    );
}

#[test]
fn a_deadline_is_124_and_says_what_is_known() {
    let unknown = json!({"code": "deadline_exceeded", "detail": "late", "committed": "unknown"});
    let error = check(unknown, "deadline", 124, "late");
    assert!(error["kept"].as_str().unwrap().starts_with("unknown"));
    let no = json!({"code": "deadline_exceeded", "detail": "late", "committed": "no"});
    let error = check(no, "deadline", 124, "late");
    assert_eq!(error["kept"], "nothing was changed");
}

#[test]
fn positions_are_bytes_or_lines() {
    let selector =
        json!({"code": "invalid_field", "detail": "no", "field": "selector", "position": 4});
    check(selector, "invalid_field", 1, "selector: no (byte 4)");
    let text = json!({"code": "invalid_exposition", "detail": "no", "position": 4});
    let error = check(text, "invalid_exposition", 1, "no");
    assert_eq!(error["line"], 4);
}

#[test]
fn a_state_that_was_found_is_told() {
    let conflict =
        json!({"code": "state_conflict", "detail": "it is not firing", "found": "resolved"});
    check(
        conflict,
        "state_conflict",
        1,
        "it is not firing (it is resolved)",
    );
}

#[test]
fn what_is_no_problem_is_none() {
    for body in ["", "<html>", "{}", r#"{"code": 7, "detail": "x"}"#, "null"] {
        assert!(read(body.as_bytes()).is_none(), "{body}");
    }
}

#[test]
fn of_a_key_the_title_says_what_is_wrong() {
    let revoked =
        json!({"code": "revoked_key", "title": "The key was revoked", "detail": "ask for another"});
    let error = check(
        revoked,
        "revoked_key",
        1,
        "The key was revoked: ask for another",
    );
    assert!(error["hint"].as_str().unwrap().contains("keys create"));
}
