//! What goes in and out of a command: all of it, its beginning, or nothing.

use std::time::Duration;

use tidegate_exec::{Command, Status, Stop};

use crate::support::{run, sh};

/// What a command wrote: its exit code, its output, its errors.
async fn check(command: Command, expected: (i32, &str, &str)) {
    let outcome = run(&command).await;
    let (code, stdout, stderr) = expected;
    let shown = format!("{command:?}: {outcome:?}");
    assert_eq!(outcome.status, Status::Code(code), "{shown}");
    assert_eq!(
        (&*outcome.stdout.text(), &*outcome.stderr.text()),
        (stdout, stderr),
        "{shown}"
    );
    assert!(
        outcome.stdout.is_whole() && outcome.stderr.is_whole(),
        "{shown}"
    );
}

#[tokio::test]
async fn arguments_input_and_surroundings_arrive() {
    let hostile = [
        "printf", "%s|", "a b", "$(id)", "`id`", "\"'\\", ";", "\n", "*", "é", "",
    ];
    check(
        Command::new(hostile),
        (0, "a b|$(id)|`id`|\"'\\|;|\n|*|é||", ""),
    )
    .await;
    check(sh("echo out; echo err >&2; exit 3"), (3, "out\n", "err\n")).await;
    check(Command::new(["cat"]).stdin("in"), (0, "in", "")).await;
    check(Command::new(["cat"]).stdin(""), (0, "", "")).await;
    check(Command::new(["cat"]), (0, "", "")).await;
    check(
        Command::new(["pwd"]).working_directory("/usr"),
        (0, "/usr\n", ""),
    )
    .await;
    check(
        Command::new(["./env"]).working_directory("/usr/bin"),
        (0, "", ""),
    )
    .await;
}

#[tokio::test]
async fn the_environment_is_what_was_listed_and_nothing_else() {
    let path = format!("PATH={}\n", std::env::var("PATH").unwrap());
    check(Command::new(["env"]), (0, "", "")).await;
    let inherits = Command::new(["env"]).inherit_env(["PATH", "SURELY_NOT_SET"]);
    check(inherits.clone(), (0, &path, "")).await;
    let sets = inherits.env("A", "x y\n$z").env("PATH", "/usr/bin:/bin");
    check(sets, (0, "A=x y\n$z\nPATH=/usr/bin:/bin\n", "")).await;
}

#[tokio::test]
async fn of_a_flood_the_beginning_is_kept() {
    let flood = sh("head -c 5000000 /dev/zero & head -c 3000000 /dev/zero >&2; wait");
    let outcome = run(&flood.output_cap_bytes(1_000)).await;
    assert!(outcome.success());
    for (stream, total) in [(outcome.stdout, 5_000_000), (outcome.stderr, 3_000_000)] {
        assert_eq!(stream.bytes, vec![0; 1_000]);
        assert_eq!(stream.dropped_bytes, total - 1_000);
        assert!(stream.complete && !stream.is_whole());
    }
    let outcome = run(&sh("echo all").output_cap_bytes(0)).await;
    assert_eq!(
        (outcome.stdout.bytes.len(), outcome.stdout.dropped_bytes),
        (0, 4)
    );
}

#[tokio::test]
async fn a_flood_that_never_ends_is_ended() {
    let endless = Command::new(["yes"])
        .timeout(Duration::from_millis(200))
        .output_cap_bytes(100);
    let outcome = run(&endless).await;
    assert_eq!(outcome.stopped, Some(Stop::TimedOut { killed: false }));
    assert_eq!(outcome.stdout.text(), "y\n".repeat(50));
    assert!(outcome.stdout.dropped_bytes > 0);
}

#[tokio::test]
async fn a_huge_input_is_written_while_the_output_is_read() {
    let huge = vec![b'x'; 8_000_000];
    check(
        Command::new(["wc", "-c"]).stdin(huge.clone()),
        (0, "8000000\n", ""),
    )
    .await;
    let echoed = run(&Command::new(["cat"]).stdin(huge.clone())).await;
    assert_eq!(echoed.stdout.bytes.len(), 1 << 20);
    assert_eq!(echoed.stdout.dropped_bytes, 8_000_000 - (1 << 20));
    check(
        sh("head -c 2; exec <&-; echo").stdin(huge.clone()),
        (0, "xx\n", ""),
    )
    .await;
    check(Command::new(["true"]).stdin(huge), (0, "", "")).await;
}

#[tokio::test]
async fn an_input_that_nobody_reads_does_not_outlast_the_timeout() {
    let deaf = Command::new(["sleep", "600"]).stdin(vec![0; 1 << 20]);
    let outcome = run(&deaf.timeout(Duration::from_millis(50))).await;
    assert_eq!(outcome.stopped, Some(Stop::TimedOut { killed: false }));
}
