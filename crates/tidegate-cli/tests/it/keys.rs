//! `keys`: made, listed, rotated, revoked; their texts are shown once.
#![cfg(unix)]

use crate::place::{on_file, through};
use crate::serve::service::Service;
use crate::support::{Run, Workdir};

fn secret(run: &Run) -> String {
    let secret = run.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("tg_live_"));
    secret
}

#[test]
fn a_key_made_on_the_file_lets_into_the_server_until_it_is_revoked() {
    let dir = Workdir::new();
    let service = Service::start(&dir, None);
    let create = ["keys", "create", "reader", "--scope", "read", "--json"];
    let made = on_file(&dir, &create).expect_code(0);
    let server = service.with_key(&secret(&made));
    through(&server, &dir, &["metrics", "list"]).expect_code(0);
    through(&server, &dir, &["metrics", "record", "up", "1"])
        .expect_code(1)
        .expect_error(&["ingest"]);
    let id = made.json()["key"]["id"].as_str().unwrap().to_owned();

    let rotated = on_file(&dir, &["keys", "rotate", &id, "--json"]).expect_code(0);
    through(&server, &dir, &["metrics", "list"])
        .expect_code(1)
        .expect_error(&["key"]);
    let server = service.with_key(&secret(&rotated));
    through(&server, &dir, &["metrics", "list"]).expect_code(0);

    on_file(&dir, &["keys", "revoke", &id]).expect_code(0);
    through(&server, &dir, &["metrics", "list"])
        .expect_code(1)
        .expect_error(&["revoked"]);
    on_file(&dir, &["keys", "rotate", &id])
        .expect_code(1)
        .expect_error(&["revoked"]);
}

#[test]
fn a_key_made_through_the_server_is_in_the_file() {
    let dir = Workdir::new();
    let service = Service::start(&dir, None);
    let server = service.client();
    let create = ["keys", "create", "reader", "--scope", "read", "--json"];
    let made = through(&server, &dir, &create).expect_code(0);
    let id = made.json()["key"]["id"].as_str().unwrap().to_owned();
    let rotate = ["keys", "rotate", &id, "--overlap", "1h", "--json"];
    assert_ne!(
        secret(&made),
        secret(&through(&server, &dir, &rotate).expect_code(0))
    );
    through(&server, &dir, &["keys", "revoke", &id]).expect_code(0);
    let listed = on_file(&dir, &["keys", "list", "--json"])
        .expect_code(0)
        .json();
    let kept = &listed["items"][1];
    assert_eq!(
        (&kept["id"], &kept["state"]),
        (&id.into(), &"revoked".into())
    );
}

/// A directory with a database that has its tables.
fn made() -> Workdir {
    let dir = Workdir::new();
    on_file(&dir, &["metrics", "record", "up", "1"]).expect_code(0);
    dir
}

#[test]
fn lists_never_show_a_text() {
    let dir = made();
    let create = [
        "keys",
        "create",
        "collector",
        "--scope",
        "ingest,read",
        "--expires-in",
        "90days",
        "--json",
    ];
    let made = secret(&on_file(&dir, &create).expect_code(0));
    for form in ["--json", "--csv", "--table"] {
        let listed = on_file(&dir, &["keys", "list", form]).expect_code(0);
        assert!(listed.stdout.contains("collector") && listed.stdout.contains("active"));
        let random = &made["tg_live_".len() + 33..];
        assert!(!listed.stdout.contains(random), "{}", listed.stdout);
    }
}

#[test]
fn files_without_keys_are_left_as_they_are() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    for args in [
        &["keys", "list"] as &[&str],
        &["keys", "create", "x", "--scope", "read"],
        &["keys", "revoke", "0195523c-0000-7000-8000-000000000000"],
        &["alerts", "ack", "0195523c-0000-7000-8000-000000000000"],
        &["silences", "expire", "0195523c-0000-7000-8000-000000000000"],
    ] {
        let with = |file| [args, &["--db", file]].concat();
        dir.run(with("app.db"))
            .expect_code(1)
            .expect_error(&["app.db has no tables"]);
        dir.run(with("none.db"))
            .expect_code(1)
            .expect_error(&["there is no file none.db"]);
    }
    assert_eq!(
        dir.rows("SELECT count(*) AS n FROM sqlite_schema")[0]["n"],
        1
    );
}

#[test]
fn what_is_wrong_is_said() {
    let dir = made();
    on_file(&dir, &["keys", "create", "x"]).expect_code(2);
    on_file(&dir, &["keys", "create", "x", "--scope", "all"])
        .expect_code(1)
        .expect_error(&["scopes", "admin"]);
    on_file(
        &dir,
        &[
            "keys",
            "create",
            "x",
            "--scope",
            "read",
            "--expires-at",
            "2020-01-01T00:00:00Z",
        ],
    )
    .expect_code(1)
    .expect_error(&["expires_at"]);
    on_file(
        &dir,
        &["keys", "revoke", "0195523c-0000-7000-8000-000000000000"],
    )
    .expect_code(1)
    .expect_error(&["no key"]);
}
