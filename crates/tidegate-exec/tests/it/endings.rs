//! How commands end, by themselves or not, and that nothing is left of their groups.

use std::time::Duration;

use tidegate_exec::{Command, Outcome, Status, Stop};
use tokio::time::Instant;

use crate::support::{LONG, Scene, exists, kill, run, runner, runs, sh, until};

const SHORT: Duration = Duration::from_millis(100);
const TERM: Status = Status::Signal(15);
const KILL: Status = Status::Signal(9);

fn timed_out(killed: bool) -> Option<Stop> {
    Some(Stop::TimedOut { killed })
}

#[tokio::test]
async fn a_status_is_what_the_system_says() {
    for (script, expected) in [
        ("exit 0", Status::Code(0)),
        ("exit 255", Status::Code(255)),
        ("kill -TERM $$", TERM),
        ("kill -SEGV $$", Status::Signal(11)),
        ("kill -KILL $$", KILL),
    ] {
        let outcome = run(&sh(script)).await;
        assert_eq!(
            (outcome.status, outcome.stopped),
            (expected, None),
            "{script}"
        );
        assert_eq!(outcome.success(), expected == Status::Code(0), "{script}");
    }
}

/// Runs a script that leaves its processes in `pids`, to its timeout; none may be left.
async fn time_out(script: &str, kill_after: Duration) -> Outcome {
    let scene = Scene::new();
    let runner = runner();
    let command = scene.script(script).timeout(SHORT).kill_after(kill_after);
    let begun = Instant::now();
    let outcome = runner.run(&command).await.unwrap();
    assert!(begun.elapsed() >= SHORT);
    assert_eq!(runner.running(), 0);
    let pids = scene.pids("pids");
    assert!(!exists(pids[0]), "the command itself is reaped");
    for pid in pids {
        until(&format!("{pid} has ended"), || !runs(pid)).await;
    }
    outcome
}

#[tokio::test]
async fn at_its_timeout_a_command_is_asked_then_killed() {
    let check = async |script: &str, kill_after, status, stopped| {
        let outcome = time_out(script, kill_after).await;
        assert_eq!(
            (outcome.status, outcome.stopped),
            (status, stopped),
            "{script}"
        );
    };
    check(
        "echo $$ > pids; exec sleep 600",
        LONG / 2,
        TERM,
        timed_out(false),
    )
    .await;
    check(
        "echo $$ > pids; exec sleep 600",
        Duration::ZERO,
        KILL,
        timed_out(true),
    )
    .await;
    check(
        "trap '' TERM; echo $$ > pids; sleep 600",
        SHORT,
        KILL,
        timed_out(true),
    )
    .await;
    check(
        "trap '' TERM; echo $$ > pids; kill -STOP $$",
        SHORT,
        KILL,
        timed_out(true),
    )
    .await;
}

#[tokio::test]
async fn a_command_that_takes_care_of_being_asked_ends_as_it_likes() {
    let script = "trap 'echo bye; exit 7' TERM; echo $$ > pids; while :; do sleep 0.01; done";
    let outcome = time_out(script, LONG / 2).await;
    assert_eq!(
        (outcome.status, outcome.stopped),
        (Status::Code(7), timed_out(false))
    );
    assert_eq!(outcome.stdout.text(), "bye\n");
}

#[tokio::test]
async fn the_whole_group_is_asked_and_killed() {
    let family =
        "echo $$ > pids; sleep 600 & echo $! >> pids; sh -c 'echo $$ >> pids; sleep 600' & wait";
    time_out(family, LONG / 2).await;
    let stubborn = "trap '' TERM; echo $$ > pids; (sleep 600) & echo $! >> pids; wait; sleep 600";
    let outcome = time_out(stubborn, SHORT).await;
    assert_eq!(outcome.stopped, timed_out(true));
}

#[tokio::test]
async fn what_the_group_says_in_its_grace_period_is_read() {
    let script = "echo $$ > pids; (trap 'sleep 0.05; echo child; exit' TERM; while :; do sleep 0.01; done) & exec sleep 600";
    let outcome = time_out(script, LONG / 2).await;
    assert_eq!(outcome.stdout.text(), "child\n");
    assert_eq!((outcome.status, outcome.stopped), (TERM, timed_out(false)));
}

#[tokio::test]
async fn somebody_elses_signal_is_no_timeout() {
    let scene = Scene::new();
    let runner = runner();
    let command = scene.script("echo $$ > pids; exec sleep 600");
    let (outcome, ()) = tokio::join!(runner.run(&command), async {
        scene.written("pids").await;
        kill(scene.pids("pids")[0]);
    });
    let outcome = outcome.unwrap();
    assert_eq!((outcome.status, outcome.stopped), (KILL, None));
}

#[tokio::test]
async fn many_at_once_each_get_their_own() {
    let runner = tidegate_exec::Runner::new(20).unwrap();
    let tasks: Vec<_> = (0..100)
        .map(|code| {
            let runner = runner.clone();
            tokio::spawn(async move {
                let command = Command::new(["sh", "-c", "cat; exit $0", &code.to_string()]);
                (
                    code,
                    runner
                        .run(&command.stdin(format!("in {code}")))
                        .await
                        .unwrap(),
                )
            })
        })
        .collect();
    for task in tasks {
        let (code, outcome) = task.await.unwrap();
        assert_eq!(outcome.status, Status::Code(code));
        assert_eq!(outcome.stdout.text(), format!("in {code}"));
    }
    assert_eq!(runner.running(), 0);
}
