//! What a command leaves running does not hold up the call, and does not outlive it unless it has left the group.

use std::time::Duration;

use tidegate_exec::Outcome;
use tokio::time::{Instant, timeout};

use crate::support::{LIMIT, Scene, kill, run, runner, runs, until};

/// Runs a script that succeeds and leaves a process, whose number it writes; gives that number.
async fn leave(scene: &Scene, script: &str) -> (Outcome, u32) {
    let command = scene.script(script);
    let outcome = timeout(LIMIT, run(&command))
        .await
        .expect("it holds up the call");
    assert!(outcome.success(), "{outcome:?}");
    (outcome, scene.pids("pids")[0])
}

async fn check_killed(script: &str, complete: bool) {
    let scene = Scene::new();
    let (outcome, pid) = leave(&scene, script).await;
    assert_eq!(outcome.stdout.complete, complete, "{script}");
    assert_eq!(outcome.stdout.text(), "before\n", "{script}");
    until("the straggler has ended", || !runs(pid)).await;
}

#[tokio::test]
async fn what_is_left_in_the_group_is_killed() {
    check_killed("echo before; sleep 600 & echo $! > pids", false).await;
    check_killed("echo before; sleep 600 >&2 & echo $! > pids", true).await;
    check_killed(
        "echo before; sleep 600 > /dev/null 2>&1 & echo $! > pids",
        true,
    )
    .await;
    check_killed(
        "echo before; (trap '' TERM; sleep 600) & echo $! > pids",
        false,
    )
    .await;
}

#[tokio::test]
async fn what_comes_soon_after_the_end_is_read() {
    let scene = Scene::new();
    let late = "(sleep 0.05; echo late) & echo $! > pids";
    let command = scene.script(late).drain_for(Duration::from_secs(60));
    let outcome = run(&command).await;
    assert!(outcome.stdout.is_whole());
    assert_eq!(outcome.stdout.text(), "late\n");
}

#[tokio::test]
async fn a_daemon_lives_on_and_holds_up_nobody() {
    let scene = Scene::new();
    let daemon =
        "setsid sh -c 'echo $$ > pids; exec sleep 600' & while ! test -s pids; do sleep 0.01; done";
    let (outcome, pid) = leave(&scene, daemon).await;
    assert!(!outcome.stdout.complete);
    assert!(
        runs(pid),
        "it has left the group, and is none of our business"
    );
    kill(pid);
}

#[tokio::test]
async fn a_daemon_does_not_prolong_a_timeout_beyond_its_grace() {
    let scene = Scene::new();
    let grace = Duration::from_millis(50);
    let script = "setsid sh -c 'echo $$ > pids; exec sleep 600' & exec sleep 600";
    let command = scene
        .script(script)
        .timeout(Duration::from_secs(1))
        .kill_after(grace);
    let begun = Instant::now();
    let outcome = runner().run(&command).await.unwrap();
    assert!(
        begun.elapsed() < LIMIT && outcome.stopped.is_some(),
        "{outcome:?}"
    );
    let pid = scene.pids("pids")[0];
    assert!(runs(pid));
    kill(pid);
}
