//! `keys`: made, listed, rotated, revoked; their texts are shown once.

use crate::service::{Service, on_file};
use crate::support::{Run, Workdir};

fn secret(run: &Run) -> String {
    let secret = run.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("tg_live_"));
    secret
}

#[test]
fn a_key_made_on_the_file_lets_into_the_server_until_it_is_revoked() {
    let dir = Workdir::new();
    let mut server = Service::of(&dir);
    let create = ["keys", "create", "reader", "--scope", "read", "--json"];
    let made = on_file(&dir, &create).expect_code(0);
    server.key = secret(&made);
    server.run(&dir, &["metrics", "list"]).expect_code(0);
    server
        .run(&dir, &["metrics", "record", "up", "1"])
        .expect_code(1)
        .expect_error(&["ingest"]);
    let id = made.json()["key"]["id"].as_str().unwrap().to_owned();

    let rotated = on_file(&dir, &["keys", "rotate", &id, "--json"]).expect_code(0);
    server
        .run(&dir, &["metrics", "list"])
        .expect_code(1)
        .expect_error(&["key"]);
    server.key = secret(&rotated);
    server.run(&dir, &["metrics", "list"]).expect_code(0);

    on_file(&dir, &["keys", "revoke", &id]).expect_code(0);
    server
        .run(&dir, &["metrics", "list"])
        .expect_code(1)
        .expect_error(&["revoked"]);
    on_file(&dir, &["keys", "rotate", &id])
        .expect_code(1)
        .expect_error(&["revoked"]);
}

#[test]
fn lists_never_show_a_text() {
    let dir = Workdir::new();
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
        let random = made.rsplit('_').next().unwrap();
        assert!(!listed.stdout.contains(random), "{}", listed.stdout);
    }
}

#[test]
fn what_is_wrong_is_said() {
    let dir = Workdir::new();
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
