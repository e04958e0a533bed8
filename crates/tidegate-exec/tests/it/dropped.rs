//! Futures dropped at many moments: the group ends, its leader is reaped, the place is free again.

use std::time::Duration;

use tidegate_exec::{Command, Runner};
use tidegate_testkit::poll::drop_at_every_poll;
use tidegate_testkit::wait_until;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::support::{LIMIT, LONG, Scene, all_end, exists, runner, until};

/// Leaves its own number first, then its child's; ends only when it is asked to.
const FAMILY: &str = "echo $$ >> leaders; sleep 600 & echo $! >> children; wait";

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// What must hold a moment after a future was dropped.
fn check_nothing_left(scene: &Scene, runner: &Runner, when: &str) {
    assert!(
        wait_until(LIMIT, || runner.running() == 0),
        "a place is lost: {when}"
    );
    for pid in scene.pids("leaders") {
        assert!(wait_until(LIMIT, || !exists(pid)), "not reaped: {when}");
    }
    all_end(&scene.pids("children"));
}

#[test]
fn at_every_poll() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let scene = Scene::new();
    let runner = runner();
    let command = scene
        .script("echo $$ >> leaders; cat; sleep 0.02; exit 3")
        .stdin("in");
    let completed = drop_at_every_poll(
        || runner.run(&command),
        |point| check_nothing_left(&scene, &runner, &point.to_string()),
    );
    assert_eq!(completed.output.unwrap().stdout.text(), "in");
    assert!(completed.drops >= 2);
}

#[tokio::test]
async fn at_any_moment_of_the_start() {
    let scene = Scene::new();
    let runner = runner();
    let command = scene.script(FAMILY);
    for micros in (0..20_000).step_by(250) {
        let dropped = timeout(Duration::from_micros(micros), runner.run(&command)).await;
        assert!(dropped.is_err(), "it does not end by itself");
    }
    until("all places are free", || runner.running() == 0).await;
    check_nothing_left(&scene, &runner, "in its start");
}

/// Drops the future when the script has written `event`.
async fn drop_when(scene: &Scene, runner: &Runner, command: &Command, event: &str) {
    tokio::select! {
        _ = runner.run(command) => panic!("it was to be dropped before its end"),
        () = scene.written(event) => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn at_known_moments_of_a_run() {
    let check = async |script: &str, event: &str, change: &dyn Fn(Command) -> Command| {
        let scene = Scene::new();
        let runner = runner();
        let command = change(scene.script(script).kill_after(Duration::from_millis(100)));
        drop_when(&scene, &runner, &command, event).await;
        tokio::task::block_in_place(|| check_nothing_left(&scene, &runner, script));
    };
    let as_it_is = |command: Command| command;
    check(FAMILY, "children", &as_it_is).await;
    let stubborn = format!("trap '' TERM; {FAMILY}; sleep 600");
    check(&stubborn, "children", &as_it_is).await;
    let flooding = format!("yes & {FAMILY}");
    check(&flooding, "children", &as_it_is).await;
    let deaf = |command: Command| command.stdin(vec![0; 1 << 20]);
    check(FAMILY, "children", &deaf).await;
    let stopped = "echo $$ >> leaders; echo > stopped; kill -STOP $$";
    check(stopped, "stopped", &as_it_is).await;
    let in_drain = "echo $$ >> leaders; (sleep 0.05; echo > late; sleep 600) & echo $! >> children";
    check(in_drain, "late", &|command| {
        command.drain_for(Duration::from_secs(60))
    })
    .await;
    let in_grace = "trap 'echo > asked' TERM; echo $$ >> leaders; while :; do sleep 0.01; done";
    check(in_grace, "asked", &|command| {
        command.timeout(Duration::from_millis(50))
    })
    .await;
}

#[tokio::test]
async fn a_dropped_command_is_asked_before_it_is_killed() {
    let scene = Scene::new();
    let runner = runner();
    let script = "trap 'echo > asked; exit' TERM; echo > begun; while :; do sleep 0.01; done";
    let command = scene.script(script).kill_after(LONG / 2);
    drop_when(&scene, &runner, &command, "begun").await;
    scene.written("asked").await;
    until("its place is free", || runner.running() == 0).await;
}

#[test]
fn with_the_runtime_itself() {
    for micros in (0..8_000).step_by(250) {
        let scene = Scene::new();
        let runner = runner();
        let runtime = runtime();
        let command = scene.script(&format!("trap '' TERM; {FAMILY}; sleep 600"));
        let running = runner.clone();
        runtime.block_on(async {
            let run = tokio::spawn(async move { running.run(&command).await });
            tokio::time::sleep(Duration::from_micros(micros)).await;
            drop(run);
        });
        runtime.shutdown_background();
        check_nothing_left(
            &scene,
            &runner,
            &format!("with the runtime, after {micros} µs"),
        );
    }
}
