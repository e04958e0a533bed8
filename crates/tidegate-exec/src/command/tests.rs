//! Settings of commands: what is refused, what is read from a configuration, and what is never shown.

use serde_json::{from_value, json};

use super::*;
use crate::error::ErrorKind;

fn echo() -> Command {
    Command::new(["echo"])
}

#[test]
fn a_bad_setting_is_refused_by_its_name() {
    let none = Limits::none();
    let day = Duration::from_secs(86_400);
    let check = |name: &str, command: Command| {
        let error = command.validate().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(
            error.to_string().starts_with(&format!("`{name}`")),
            "{error}"
        );
    };
    echo().validate().unwrap();
    check("argv", Command::new(Vec::<String>::new()));
    check("argv", Command::new([""]));
    check("argv", Command::new(["echo", "a\0b"]));
    check("timeout", echo().timeout(Duration::ZERO));
    check("timeout", echo().timeout(2 * day));
    check("kill_after", echo().kill_after(day));
    check("drain_for", echo().drain_for(day));
    check("output_cap_bytes", echo().output_cap_bytes(usize::MAX));
    check("limits.cpu_seconds", echo().limits(none.cpu_seconds(0)));
    check(
        "limits.cpu_seconds",
        echo().limits(none.cpu_seconds(u64::MAX)),
    );
    check(
        "limits.memory_bytes",
        echo().limits(none.memory_bytes(1_024)),
    );
    check("limits.open_files", echo().limits(none.open_files(3)));
    for bad in ["", "A=B", "1A", "A B", "A.B", "BASH_FUNC_x%%", "A\0"] {
        check("env", echo().env(bad, "x"));
        check("inherit_env", echo().inherit_env([bad]));
    }
    check("env", echo().env("A", "x\0"));
    echo().env("PWD", "/").validate().unwrap();
    check("env", echo().env("PWD", "/").limits(none.no_core()));
}

#[test]
fn it_is_read_from_a_configuration() {
    let text = json!({
        "argv": ["df", "/"],
        "working_directory": "/tmp",
        "timeout": "5s",
        "env": {"A": "b"},
        "stdin": "in",
        "limits": {"cpu_seconds": 2, "no_core": true},
    });
    let command: Command = from_value(text).unwrap();
    command.validate().unwrap();
    assert_eq!(command.program(), "df");
    assert_eq!(command.timeout, Duration::from_secs(5));
    assert_eq!(command.stdin.as_deref(), Some(&b"in"[..]));
    assert_eq!(command.limits, Limits::none().cpu_seconds(2).no_core());
    assert_eq!(command.environment().len(), 1);
    for (unknown, text) in [
        ("shell", json!({"argv": ["a"], "shell": true})),
        ("cpu", json!({"argv": ["a"], "limits": {"cpu": 1}})),
    ] {
        let error = from_value::<Command>(text).unwrap_err().to_string();
        assert!(
            error.contains(&format!("unknown field `{unknown}`")),
            "{error}"
        );
    }
}

#[test]
fn secrets_are_not_shown() {
    let command = echo().env("TOKEN", "hunter2").stdin("hunter2");
    let shown = format!("{command:?}");
    assert!(
        shown.contains("TOKEN") && !shown.contains("hunter2"),
        "{shown}"
    );
    let error = echo().env("TOKEN", "hunter2\0").validate().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn what_is_set_goes_before_what_is_inherited() {
    let path = std::env::var_os("PATH").unwrap();
    let inherits = echo().inherit_env(["PATH", "SURELY_NOT_SET"]);
    assert_eq!(
        inherits.environment().into_iter().collect::<Vec<_>>(),
        [("PATH".to_owned(), path)]
    );
    assert_eq!(inherits.env("PATH", "/bin").environment()["PATH"], "/bin");
}
