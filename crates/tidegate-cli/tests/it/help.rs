//! Help, version, wrong usage, completions.

use crate::support::Workdir;

const VERBS: &[&str] = &[
    "query",
    "exec",
    "import",
    "export",
    "backup",
    "restore",
    "check",
    "checkpoint",
    "migrate",
    "stats",
    "doctor",
    "bench",
    "demo",
    "serve",
    "config",
    "keys",
    "completions",
];

#[test]
fn every_verb_explains_itself() {
    let dir = Workdir::new();
    let help = dir.run(["--help"]).expect_code(0).stdout;
    for verb in VERBS {
        assert!(help.contains(verb), "{verb}");
        let own = dir.run([verb, "--help"]).expect_code(0).stdout;
        assert!(own.contains("Usage: tidegate"), "{own}");
        assert!(own.contains("--deadline"), "{own}");
    }
    assert!(help.contains("124 deadline"));
    assert!(
        dir.run(["--version"])
            .expect_code(0)
            .stdout
            .starts_with("tidegate ")
    );
}

#[test]
fn wrong_usage_is_2() {
    let dir = Workdir::new();
    for args in [
        &["nonsense"] as &[&str],
        &["query"],
        &["query", "app.db"],
        &["query", "app.db", "SELECT 1", "--table", "--csv"],
        &["query", "app.db", "SELECT 1", "--deadline", "soon"],
        &["query", "app.db", "SELECT 1", "--deadline", "0s"],
        &["check", "app.db", "--nonsense"],
        &["migrate", "app.db", "steps", "down"],
        &["completions", "cobol"],
        &["bench", ":temp:", "--rows", "0"],
    ] {
        dir.run(args).expect_code(2).expect_error(&["error:"]);
    }
}

#[test]
fn csv_is_for_rows() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    dir.run(["check", "app.db", "--csv"])
        .expect_code(2)
        .expect_error(&["--json"]);
}

#[test]
fn completions_for_every_shell() {
    let dir = Workdir::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = dir.run(["completions", shell]).expect_code(0).stdout;
        assert!(
            script.contains("tidegate") && script.contains("checkpoint"),
            "{shell}"
        );
    }
}

#[test]
fn wrong_usage_is_json_too() {
    let dir = Workdir::new();
    let error = dir.run(["query", "--json"]).expect_code(2).json_error();
    assert_eq!(
        (&error["code"], &error["exit_code"]),
        (&"usage".into(), &2.into())
    );
}
