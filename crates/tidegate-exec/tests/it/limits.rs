//! Limits that are in force: what the kernel says of them, and what happens beyond them.

use tidegate_exec::{Command, ErrorKind, Limits, Status, Stop};

use crate::support::{Scene, run, runner, sh};

/// What the kernel says: soft and hard limit of the line that begins with `name`.
fn limit_of(listing: &str, name: &str) -> (String, String) {
    let line = listing.lines().find_map(|line| line.strip_prefix(name));
    let line = line.unwrap_or_else(|| panic!("{name} is not in {listing}"));
    let mut words = line.split_whitespace().map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

#[tokio::test]
async fn the_kernel_has_them_before_the_program_begins() {
    let limits = Limits::none()
        .cpu_seconds(5)
        .memory_bytes(512 << 20)
        .open_files(64)
        .no_core();
    let outcome = run(&Command::new(["cat", "/proc/self/limits"]).limits(limits)).await;
    let listing = outcome.stdout.text();
    assert!(
        listing.starts_with("Limit "),
        "nothing of the script is in the output: {listing}"
    );
    let check = |name: &str, soft: &str, hard: &str| {
        assert_eq!(
            limit_of(&listing, name),
            (soft.to_owned(), hard.to_owned()),
            "{name}"
        );
    };
    check("Max cpu time", "5", "6");
    check("Max address space", "536870912", "536870912");
    check("Max open files", "64", "64");
    check("Max core file size", "0", "0");
}

#[tokio::test]
async fn only_what_was_asked_for_is_changed() {
    let listing = Command::new(["cat", "/proc/self/limits"]);
    let free = run(&listing).await.stdout.text();
    let limited = run(&listing.limits(Limits::none().open_files(99)))
        .await
        .stdout
        .text();
    let others = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("Max open files"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(others(&free), others(&limited));
    assert_eq!(limit_of(&limited, "Max open files").0, "99");
}

#[tokio::test]
async fn arguments_and_environment_go_through_as_they_are() {
    let limits = Limits::none().no_core();
    let hostile = [
        "printf", "%s|", "-n", "a b", "$(id)", "`id`", "\"'\\", ";", "\n", "*", "",
    ];
    let outcome = run(&Command::new(hostile).limits(limits)).await;
    assert_eq!(outcome.stdout.text(), "-n|a b|$(id)|`id`|\"'\\|;|\n|*||");
    let env = Command::new(["env"])
        .env("A", "x y\n$z")
        .env("PATH", "/usr/bin:/bin");
    let free = run(&env).await.stdout.text();
    let limited = run(&env.limits(limits)).await.stdout.text();
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        // Bash adds it where it is /bin/sh.
        lines.retain(|line| !line.starts_with("SHLVL="));
        lines.sort();
        lines
    };
    assert_eq!(sorted(&free), sorted(&limited));
    let cat = run(&Command::new(["cat"]).stdin("in").limits(limits)).await;
    assert_eq!(cat.stdout.text(), "in");
}

#[tokio::test]
async fn the_cap_counts_the_commands_own_bytes_only() {
    let command = Command::new(["echo", "12345"]).limits(Limits::none().no_core());
    let stdout = run(&command.output_cap_bytes(3)).await.stdout;
    assert_eq!((&*stdout.text(), stdout.dropped_bytes), ("123", 3));
}

#[tokio::test]
async fn processor_time_is_used_up() {
    let busy = "while :; do :; done";
    let outcome = run(&sh(busy).limits(Limits::none().cpu_seconds(1).no_core())).await;
    assert_eq!(
        (outcome.status, outcome.stopped),
        (Status::Signal(24), Some(Stop::CpuLimit))
    );
    let ignoring = format!("trap '' XCPU; {busy}");
    let outcome = run(&sh(&ignoring).limits(Limits::none().cpu_seconds(1).no_core())).await;
    assert_eq!((outcome.status, outcome.stopped), (Status::Signal(9), None));
}

#[tokio::test]
async fn memory_and_files_run_out() {
    let check = async |script: &str, limits: Limits| {
        assert!(run(&sh(script)).await.success(), "{script}");
        let outcome = run(&sh(script).limits(limits)).await;
        assert!(!outcome.success(), "{script}: {outcome:?}");
    };
    let memory = "head -c 100000000 /dev/zero | tail -c 100000000 | wc -c | grep -qx 100000000";
    check(memory, Limits::none().memory_bytes(64 << 20)).await;
    let files = "exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null 7</dev/null";
    check(files, Limits::none().open_files(6)).await;
}

#[tokio::test]
async fn what_cannot_be_applied_is_refused() {
    let limits = Limits::none().open_files(1 << 40);
    let error = runner()
        .run(&sh("exit 0").limits(limits))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limits);
    assert!(error.to_string().contains("limits.open_files"), "{error}");
}

#[tokio::test]
async fn a_shell_that_does_not_start_is_told_apart_from_the_program() {
    let scene = Scene::new();
    std::fs::write(scene.path("libc.so.6"), "").unwrap();
    let libraries = scene.path(".").to_str().unwrap().to_owned();
    let broken = sh("exit 0").env("LD_LIBRARY_PATH", libraries);
    assert_eq!(run(&broken).await.status, Status::Code(127));
    let limited = broken.limits(Limits::none().no_core());
    let error = runner().run(&limited).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limits);
    assert!(error.to_string().contains("libc.so.6"), "{error}");
}
