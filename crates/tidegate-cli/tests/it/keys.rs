//! `keys`: the service keys of a database file, beside a running server.
#![cfg(unix)]

use serde_json::json;

use crate::serve::service::Service;
use crate::support::Workdir;

#[test]
fn a_key_is_made_listed_rotated_and_revoked() {
    let dir = Workdir::new();
    let service = Service::start(&dir, None);
    let run = |args: &[&str]| {
        let args = ["keys"]
            .iter()
            .chain(args)
            .chain(&["--db", "data.db", "--json"]);
        dir.run(args).expect_code(0).json()
    };
    let status = |key: &serde_json::Value| {
        let client = service.with_key(key.as_str().unwrap());
        client.status("/api/v1/events")
    };
    let made = run(&["create", "spare", "--scope", "admin", "--expires-in", "1h"]);
    assert_eq!(status(&made["secret"]), 200);
    let id = made["key"]["id"].as_str().unwrap();
    let rotated = run(&["rotate", id]);
    assert_eq!(
        (status(&made["secret"]), status(&rotated["secret"])),
        (401, 200)
    );
    let revoked = run(&["revoke", id]);
    assert_eq!(revoked["key"]["state"], "revoked");
    assert_eq!(status(&rotated["secret"]), 401);
    let keys = run(&["list"])["keys"].clone();
    let states: Vec<_> = keys
        .as_array()
        .unwrap()
        .iter()
        .map(|key| (key["name"].clone(), key["state"].clone()))
        .collect();
    let expected = [("first", "active"), ("spare", "revoked")];
    assert_eq!(
        states,
        expected.map(|(name, state)| (json!(name), json!(state)))
    );
    service.end("-TERM");
}

#[test]
fn other_databases_and_wrong_keys_are_refused() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    let other = dir.run(["keys", "list", "--db", "app.db"]).expect_code(1);
    other.expect_error(&["app.db holds no keys", "--db"]);
    let none = dir.run(["keys", "list", "--db", "none.db"]).expect_code(1);
    none.expect_error(&["there is no file none.db"]);
    for args in [
        ["create", "x", "--scope", "everything"],
        ["rotate", "x", "--overlap", "1h"],
        ["create", "x", "--expires-in", "soon"],
    ] {
        dir.run(["keys"].iter().chain(&args)).expect_code(2);
    }
}
