//! Tests of the sources together, and of each kind of mistake.

mod alerting;

use std::path::PathBuf;

use super::*;

fn sources(environment: &[(&str, &str)], flags: &[(&str, &str, &str)]) -> Sources {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Sources {
        file: Some(PathBuf::from("tidegate.toml")),
        environment: environment.iter().map(owned).collect(),
        flags: flags
            .iter()
            .map(|(name, key, value)| Flag::new(*name, *key, *value))
            .collect(),
    }
}

#[test]
fn a_later_source_wins() {
    let text = "[server]\nlisten = \"127.0.0.1:1\"\nrows_max = 10\nrequests_burst = 7\n";
    let environment = [
        ("TIDEGATE__SERVER__LISTEN", "127.0.0.1:2"),
        ("TIDEGATE__SERVER__ROWS_MAX", "20"),
    ];
    let flags = [("--listen", "server.listen", "127.0.0.1:3")];
    let loaded = sources(&environment, &flags)
        .put_together(Some(text))
        .unwrap();
    let server = &loaded.config().server;
    assert_eq!(server.listen.port(), 3);
    assert_eq!((server.rows_max, server.requests_burst), (20, 7));
    let origin = |key: &str| {
        let settings = loaded.settings();
        let found = settings.iter().find(|setting| setting.key == key).unwrap();
        found.origin.to_string()
    };
    assert_eq!(origin("server.listen"), "--listen");
    assert_eq!(origin("server.rows_max"), "TIDEGATE__SERVER__ROWS_MAX");
    assert_eq!(origin("server.requests_burst"), "tidegate.toml:4");
    assert_eq!(origin("server.allow_remote"), "default");
}

#[test]
fn the_defaults_are_a_configuration() {
    let loaded = Sources::default().put_together(None).unwrap();
    assert_eq!(*loaded.config(), Config::default());
    let text: String = loaded
        .settings()
        .iter()
        .map(|setting| format!("{} = {}\n", setting.key, setting.value))
        .collect();
    let again: Config = toml::from_str(&text).unwrap();
    assert_eq!(again, Config::default());
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line() {
    let check = |text: &str, line: usize, column: usize, reason: &str| {
        let error = sources(&[], &[]).put_together(Some(text)).unwrap_err();
        assert_eq!(
            (error.line(), error.column()),
            (Some(line), Some(column)),
            "{error}"
        );
        assert!(error.to_string().contains(reason), "{error}");
        assert!(error.to_string().starts_with("tidegate.toml:"), "{error}");
    };
    check("[server]\nlisten = ", 2, 10, "");
    check(
        "[server]\n\nlistne = \"127.0.0.1:1\"",
        3,
        1,
        "unknown field `listne`",
    );
    check(
        "[sever]\nlisten = \"127.0.0.1:1\"",
        1,
        2,
        "unknown field `sever`",
    );
    check("[server]\nlisten = \"nowhere\"", 2, 10, "address");
    check(
        "[server]\nrows_max = \"ten\"",
        2,
        12,
        "invalid type: string",
    );
    check("[server]\nrows_max = -1", 2, 12, "");
    check("[server]\nheader_timeout = \"soon\"", 2, 18, "30s");
    check(
        "[server]\n  rows_max = 0",
        2,
        3,
        "must lie between 1 and 1000",
    );
    check("[server]\nlisten = \"0.0.0.0:80\"", 2, 1, "allow_remote");
    check("[retention]\nsamples = \"1m\"", 2, 1, "an hour at least");
    check(
        "[database]\ndurability = \"none\"",
        2,
        14,
        "unknown variant",
    );
    check(
        "[server]\nrows_max = 1\nrows_max = 2",
        3,
        1,
        "duplicate key",
    );
}

#[test]
fn a_mistake_elsewhere_is_told_with_its_name() {
    let check = |sources: Sources, text: &str| {
        let error = sources.put_together(None).unwrap_err();
        assert_eq!((error.line(), error.to_string().as_str()), (None, text));
    };
    check(
        sources(&[("TIDEGATE__SERVER__ROWS_MAX", "many")], &[]),
        "the variable TIDEGATE__SERVER__ROWS_MAX: server.rows_max: invalid type: string \"many\", expected usize",
    );
    check(
        sources(&[], &[("--listen", "server.listen", "0.0.0.0:0")]),
        "the flag --listen: server.listen: 0.0.0.0:0 can be reached by other machines; \
         say allow_remote = true if that is meant",
    );
}

#[test]
fn a_variable_is_a_text_where_a_text_is_wanted() {
    let loaded = sources(&[("TIDEGATE__DATABASE__PATH", "42"), ("HOME", "x")], &[]);
    let loaded = loaded.put_together(None).unwrap();
    assert_eq!(loaded.config().database.path, PathBuf::from("42"));
}

#[test]
fn a_reload_tells_what_needs_a_restart() {
    let mut new = Config::default();
    new.server.rows_max = 5;
    new.database.readers = Some(3);
    let found = difference(&Config::default(), &new);
    assert_eq!(found.applied, ["server.rows_max"]);
    assert_eq!(found.needs_restart, ["database.readers"]);
    let back = difference(&new, &Config::default());
    assert_eq!(back.needs_restart, ["database.readers"]);
    assert_eq!(difference(&new, &new), Difference::default());
}
