//! A limited number of commands runs at once, and waiting for a place takes from the timeout.

use std::time::Duration;

use tidegate_exec::{ErrorKind, Runner};
use tokio::time::timeout;

use crate::support::{LONG, Scene, sh};

#[tokio::test]
async fn no_more_run_at_once_than_there_are_places() {
    const PLACES: usize = 3;
    let scene = Scene::new();
    let runner = Runner::new(PLACES).unwrap();
    let command = scene.script("echo begin >> log; sleep 0.02; echo end >> log");
    let tasks: Vec<_> = (0..4 * PLACES)
        .map(|_| {
            let (runner, command) = (runner.clone(), command.clone());
            tokio::spawn(async move { runner.run(&command).await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap().success());
    }
    let (mut running, mut most) = (0_usize, 0);
    for line in scene.lines("log") {
        running = if line == "begin" {
            running + 1
        } else {
            running - 1
        };
        most = most.max(running);
    }
    assert!((1..=PLACES).contains(&most), "{most} at once");
}

#[tokio::test]
async fn waiting_for_a_place_takes_from_the_timeout_and_is_told() {
    let scene = Scene::new();
    let runner = Runner::new(1).unwrap();
    let first = scene.script("echo > first; while ! test -e go; do sleep 0.01; done");
    let second = sh("exit 0").timeout(LONG);
    let hasty = scene
        .script("echo > hasty")
        .timeout(Duration::from_millis(50));
    let others = async {
        scene.written("first").await;
        assert_eq!(runner.running(), 1);
        let error = runner.run(&hasty).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoPlace);
        assert_eq!(
            error.to_string(),
            "no place within 50ms: all 1 places for commands are taken"
        );
        std::fs::write(scene.path("go"), "").unwrap();
    };
    let (first, second, ()) = tokio::join!(runner.run(&first), runner.run(&second), others);
    assert!(first.unwrap().waited < Duration::from_millis(50));
    assert!(second.unwrap().waited >= Duration::from_millis(50));
    assert!(!scene.path("hasty").exists());
}

#[tokio::test]
async fn a_dropped_command_keeps_its_place_until_it_has_ended() {
    let scene = Scene::new();
    let runner = Runner::new(1).unwrap();
    let stubborn = scene.script("trap '' TERM; echo $$ > pids; sleep 600");
    let stubborn = stubborn.kill_after(Duration::from_millis(100));
    let running = runner.run(&stubborn);
    tokio::select! {
        _ = running => panic!("it does not end by itself"),
        () = scene.written("pids") => {}
    }
    assert_eq!(runner.running(), 1);
    let next = timeout(LONG, runner.run(&sh("exit 0")))
        .await
        .unwrap()
        .unwrap();
    assert!(next.success());
    assert!(!crate::support::exists(scene.pids("pids")[0]));
}

#[test]
fn there_is_at_least_one_place() {
    for places in [0, 10_001] {
        assert_eq!(Runner::new(places).unwrap_err().kind(), ErrorKind::Invalid);
    }
}
