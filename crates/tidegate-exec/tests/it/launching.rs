//! What keeps a command from running, and how that is told.

use std::sync::mpsc;
use std::time::Duration;

use tidegate_exec::{Command, ErrorKind, Limits};
use tidegate_testkit::poll::block_on;
use tokio::runtime;

use crate::support::{Scene, runner, sh, until};

#[tokio::test]
async fn the_error_says_what_is_wrong() {
    let check = async |command: Command, kind: ErrorKind, part: &str| {
        for command in [command.clone(), command.limits(Limits::none().no_core())] {
            let error = runner()
                .run(&command.env("TOKEN", "hunter2"))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(part), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    };
    let scene = Scene::new();
    let inside = |command: Command| command.working_directory(scene.path("."));
    std::fs::write(scene.path("plain"), "").unwrap();
    let echo = || Command::new(["echo"]);
    check(
        Command::new(["no-such-program"]),
        ErrorKind::NotFound,
        "no-such-program",
    )
    .await;
    check(Command::new(["/no/such"]), ErrorKind::NotFound, "/no/such").await;
    check(echo().env("PATH", "/dev"), ErrorKind::NotFound, "(/dev)").await;
    check(
        inside(Command::new(["./plain"])),
        ErrorKind::Permission,
        "plain",
    )
    .await;
    check(
        echo().working_directory("/no/such"),
        ErrorKind::NotFound,
        "working directory /no/such",
    )
    .await;
    check(
        echo().working_directory("/dev/null"),
        ErrorKind::Launch,
        "/dev/null is none",
    )
    .await;
    check(Command::new([""]), ErrorKind::Invalid, "`argv`").await;
}

#[tokio::test]
async fn a_file_that_is_no_program_is_refused_by_the_system() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    let file = scene.path("garbage");
    std::fs::write(&file, [0_u8; 64]).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    let error = runner()
        .run(&Command::new([file.to_str().unwrap()]))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Launch, "{error}");
    assert!(error.to_string().contains("garbage"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn without_a_runtime_there_is_an_error() {
    let error = block_on(runner().run(&sh("exit 0"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Runtime);
}

#[test]
fn a_start_that_comes_too_late_runs_nothing() {
    let scene = Scene::new();
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (release, released) = mpsc::channel::<()>();
        let occupied = tokio::task::spawn_blocking(move || released.recv());
        let runner = runner();
        let command = scene
            .script("echo > ran")
            .timeout(Duration::from_millis(50));
        let error = runner.run(&command).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LateStart);
        release.send(()).unwrap();
        occupied.await.unwrap().unwrap();
        until("the place is free", || runner.running() == 0).await;
        tokio::task::spawn_blocking(|| {}).await.unwrap();
    });
    assert!(!scene.path("ran").exists());
}
