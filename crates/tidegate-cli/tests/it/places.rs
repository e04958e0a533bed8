//! Verbs of the stores give the same answers on a file and through a server, and say where they were sent.
#![cfg(unix)]

use serde_json::Value as Json;

use crate::place::{FILE, on_file, through};
use crate::serve::service::Service;
use crate::support::{Run, Workdir};

const TEXT: &str = "\
# HELP http_seconds How long requests took.
# TYPE http_seconds gauge
http_seconds{code=\"200\"} 0.25
http_seconds{code=\"500\"} 1.5
up 1
";

/// A database with metrics and events of known moments.
fn filled() -> Workdir {
    let dir = Workdir::new();
    // What a server measures of itself would make its lists longer between two looks.
    dir.write("tidegate.toml", "[metrics]\nrecord_self = false\n");
    for (value, moment) in [("1", "00"), ("2.5", "20"), ("4", "40")] {
        let at = format!("{}T{}", today(), format_args!("00:00:{moment}Z"));
        let args = [
            "metrics",
            "record",
            "queue",
            value,
            "-l",
            "name=mail",
            "--at",
            &at,
        ];
        on_file(&dir, &args).expect_code(0);
    }
    dir.run_with_input(
        ["metrics", "record", "--from", "-", "--db", FILE],
        TEXT.as_bytes(),
    )
    .expect_code(0);
    let moment = format!("{}T00:00:30Z", today());
    for (severity, title) in [
        ("info", "Release 1.4"),
        ("error", "Timeout"),
        ("error", "Again"),
    ] {
        let args = [
            "events",
            "record",
            "deployment",
            title,
            "--severity",
            severity,
            "--tag",
            "x",
            "--details",
            r#"{"n": 1.0}"#,
            "--at",
            &moment,
            "--health-score",
            "50",
        ];
        on_file(&dir, &args).expect_code(0);
    }
    dir
}

/// Samples must be young enough to be kept.
fn today() -> String {
    let dir = Workdir::with_database("SELECT 1");
    let day = dir.rows("SELECT date('now') AS day");
    day[0]["day"].as_str().unwrap().to_owned()
}

#[track_caller]
fn same(dir: &Workdir, server: &Service, args: &[&str]) -> Json {
    let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    let (file, served) = (on_file(dir, &args), through(server, dir, &args));
    assert_eq!(file.code, served.code, "{args:?}\n{file:?}\n{served:?}");
    let (one, other) = match file.code {
        0 => (file.json(), served.json()),
        _ => (shared(&file), shared(&served)),
    };
    assert_eq!(one, other, "{args:?}");
    one
}

/// What both places tell of a failure.
fn shared(run: &Run) -> Json {
    let mut error = run.json_error();
    let members = error.as_object_mut().unwrap();
    members.remove("hint");
    members.remove("kept");
    error
}

#[test]
fn both_places_give_the_same_answers() {
    let dir = filled();
    let server = Service::start(&dir, None);
    let (from, to) = (
        format!("{}T00:00:00Z", today()),
        format!("{}T00:01:00Z", today()),
    );
    let metrics = same(&dir, &server, &["metrics", "list"]);
    assert_eq!(metrics["items"][0]["help"], "How long requests took.");
    let series = same(
        &dir,
        &server,
        &["metrics", "list", "http_seconds{code=~\"5..\"}"],
    );
    assert_eq!(series["items"][0]["labels"]["code"], "500");
    let window = ["metrics", "stats", "queue", "--from", &from, "--to", &to];
    assert_eq!(same(&dir, &server, &window)["values"]["max"], 4.0);
    let page = same(&dir, &server, &["events", "list", "--limit", "2"]);
    let next = page["next"].as_str().unwrap();
    let rest = same(&dir, &server, &["events", "list", "--cursor", next]);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let errors = [
        "events",
        "list",
        "--severity",
        "error",
        "--text",
        "timeout",
        "--tag",
        "x",
    ];
    let found = same(&dir, &server, &errors);
    let id = found["items"][0]["id"].as_str().unwrap();
    assert_eq!(
        same(&dir, &server, &["events", "show", id])["title"],
        "Timeout"
    );
    let counts = ["events", "stats", "--from", &from, "--to", &to];
    assert_eq!(same(&dir, &server, &counts)["total"], 3);
}

#[test]
fn both_places_refuse_alike() {
    let dir = filled();
    let server = Service::start(&dir, None);
    for (args, code) in [
        (
            &["metrics", "list", "--limit", "0"] as &[&str],
            "invalid_field",
        ),
        (&["metrics", "list", "--limit", "1001"], "limit_exceeded"),
        (
            &["metrics", "list", "--cursor", "nonsense"],
            "invalid_field",
        ),
        (&["metrics", "list", "x{y=~\"(\"}"], "invalid_field"),
        (&["metrics", "stats", "no-name"], "invalid_field"),
        (
            &["metrics", "stats", "up", "--window", "20000days"],
            "limit_exceeded",
        ),
        (&["metrics", "record", "no-name", "1"], "invalid_field"),
        (&["metrics", "record", "up", "NaN"], "sample_refused"),
        (
            &[
                "metrics",
                "record",
                "up",
                "1",
                "--at",
                "2099-01-01T00:00:00Z",
            ],
            "sample_refused",
        ),
        (&["events", "show", "no-id"], "invalid_field"),
        (
            &["events", "show", "0195523c-0000-7000-8000-000000000000"],
            "not_found",
        ),
        (&["events", "list", "--severity", "bad"], "invalid_field"),
        (&["events", "record", "deployment", ""], "invalid_field"),
        (
            &[
                "events",
                "record",
                "deployment",
                "x",
                "--health-score",
                "101",
            ],
            "invalid_field",
        ),
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let (file, served) = (on_file(&dir, &args), through(&server, &dir, &args));
        for run in [file, served] {
            assert_eq!(run.json_error()["code"], code, "{args:?} {run:?}");
            run.expect_code(1);
        }
    }
}

#[test]
fn the_place_must_be_said_and_be_one() {
    let dir = Workdir::new();
    let check = |args: &[&str], code: i32, piece: &str| {
        let args: Vec<&str> = ["metrics", "list"].iter().chain(args).copied().collect();
        dir.run(args).expect_code(code).expect_error(&[piece]);
    };
    check(&[], 2, "--db FILE");
    check(&["--db", "a.db", "--server", "http://x"], 2, "--server");
    check(&["--db", "nothing.db"], 1, "nothing.db");
    check(&["--server", "localhost:1"], 2, "http://");
    check(&["--server", "http://127.0.0.1:1"], 1, "tidegate serve");
    assert!(dir.files().is_empty());
}

#[test]
fn a_file_without_tables_is_made_ready_by_verbs_that_put_something_in() {
    let dir = Workdir::with_database("CREATE TABLE own (a)");
    let run = |args: &[&str]| dir.run([args, &["--db", "app.db"]].concat());
    run(&["metrics", "list"])
        .expect_code(1)
        .expect_error(&["no tables", "hint"]);
    run(&["metrics", "record", "up", "1"]).expect_code(0);
    let listed = run(&["metrics", "list", "--json"]).expect_code(0).json();
    assert_eq!(listed["items"][0]["name"], "up");
    assert_eq!(dir.rows("SELECT count(*) AS n FROM own")[0]["n"], 0);
}

#[test]
fn the_variables_name_the_server_and_arguments_win() {
    let dir = filled();
    let server = Service::start(&dir, None);
    let run = |args: &[&str], key: &str| {
        let mut command = dir.command(args);
        command
            .env("TIDEGATE_SERVER", format!("http://{}", server.address))
            .env("TIDEGATE_KEY", key);
        Run::of(command.output().unwrap())
    };
    run(&["metrics", "list"], &server.key).expect_code(0);
    run(&["metrics", "list", "--db", "nothing.db"], &server.key)
        .expect_code(1)
        .expect_error(&["no file"]);
    run(&["metrics", "list", "--key", &server.key], "").expect_code(0);
    run(&["metrics", "list"], "")
        .expect_code(1)
        .expect_error(&["--key"]);
    let passphrase = run(&["metrics", "list"], "correct horse").expect_code(1);
    assert!(
        !passphrase.stderr.contains("horse"),
        "{}",
        passphrase.stderr
    );
    let wrong = run(&["metrics", "list"], "tg_live_nonsense").expect_code(1);
    assert!(!wrong.stderr.contains("nonsense"), "{}", wrong.stderr);
}

#[test]
fn a_server_that_never_answers_is_left_at_the_deadline() {
    let dir = Workdir::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let args = [
        "metrics",
        "record",
        "up",
        "1",
        "--server",
        &url,
        "--deadline",
        "300ms",
        "--json",
    ];
    let error = dir.run(args).expect_code(124).json_error();
    assert_eq!(error["code"], "deadline");
    assert!(
        error["kept"].as_str().unwrap().starts_with("unknown"),
        "{error}"
    );
}

#[test]
fn what_is_no_server_of_ours_is_told_so() {
    let dir = Workdir::new();
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
        "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        "garbage\r\n\r\n",
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answering = std::thread::spawn(move || {
            use std::io::{Read, Write};
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let args = [
            "metrics",
            "list",
            "--server",
            &url,
            "--key",
            "tg_live_secret",
        ];
        let run = dir.run(args).expect_code(1).expect_error(&["127.0.0.1"]);
        assert!(!run.stderr.contains("tg_live_secret"));
        answering.join().unwrap();
    }
}
