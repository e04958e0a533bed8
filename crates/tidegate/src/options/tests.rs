//! Defaults, ranges, the serialised form, and what reaches a connection.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::value::Value;

fn refusal(options: &Options) -> String {
    let error = options.validate().expect_err("the value should be refused");
    assert_eq!(error.kind(), ErrorKind::Misuse);
    error.to_string()
}

#[test]
fn the_defaults_are_valid() {
    for options in [
        Options::new("app.db"),
        Options::new(":memory:"),
        Options::memory(),
    ] {
        options.validate().unwrap();
    }
    let options = Options::new("app.db");
    assert_eq!(
        (options.journal_mode, options.synchronous),
        (JournalMode::Wal, Synchronous::Full)
    );
    assert!(options.creates() && options.foreign_keys && !options.is_memory());
    assert!((1..=64).contains(&options.readers));
}

#[test]
fn a_bad_value_is_refused_by_its_name() {
    let file = || Options::new("app.db");
    let second = Duration::from_secs(1);
    let zero = Duration::ZERO;
    let cases = [
        ("path", Options::new("")),
        ("create", file().read_only(true).create(true)),
        ("read_only", Options::memory().read_only(true)),
        ("create", Options::memory().create(false)),
        ("name", file().name("")),
        ("name", file().name("a\0b")),
        ("vfs", file().vfs("")),
        ("page_size_bytes", file().page_size_bytes(256)),
        ("page_size_bytes", file().page_size_bytes(5_000)),
        ("page_size_bytes", file().page_size_bytes(131_072)),
        ("mmap_size_bytes", file().mmap_size_bytes(1 << 31)),
        ("cache_size_kib", file().cache_size_kib(0)),
        ("statement_cache", file().statement_cache(10_001)),
        ("readers", file().readers(0)),
        ("readers", file().readers(65)),
        ("reader_queue", file().reader_queue(0)),
        ("writer_queue", file().writer_queue(0)),
        ("group_max_jobs", file().group_max_jobs(0)),
        ("group_max_time", file().group_max_time(2 * second)),
        ("busy_timeout", file().busy_timeout(3_601 * second)),
        ("default_deadline", file().default_deadline(zero)),
        (
            "transaction_idle_limit",
            file().transaction_idle_limit(zero),
        ),
        ("snapshot_max_age", file().snapshot_max_age(zero)),
        ("close_timeout", file().close_timeout(3_601 * second)),
        ("wal_soft_limit_bytes", file().wal_soft_limit_bytes(0)),
        (
            "wal_hard_limit_bytes",
            file().wal_hard_limit_bytes(u64::MAX),
        ),
        (
            "wal_hard_limit_bytes",
            file()
                .wal_soft_limit_bytes(1 << 20)
                .wal_hard_limit_bytes(1 << 20),
        ),
        ("function", with_function("", Arity::Any)),
        ("function", with_function(&"f".repeat(256), Arity::Any)),
        ("function", with_function("f", Arity::Exactly(128))),
        ("collation", file().collation("a\0b", Ord::cmp)),
    ];
    for (name, options) in cases {
        let message = refusal(&options);
        assert!(
            message.contains(&format!("option `{name}` ")),
            "{name}: {message}"
        );
    }
}

#[test]
fn the_edges_of_the_ranges_are_accepted() {
    let file = || Options::new("app.db");
    let cases = [
        file().read_only(true),
        file().read_only(true).create(false),
        file().page_size_bytes(512),
        file().page_size_bytes(65_536),
        file().mmap_size_bytes(0),
        file().mmap_size_bytes(0x7fff_0000),
        file().statement_cache(0).readers(1),
        file().statement_cache(10_000).readers(64),
        file()
            .busy_timeout(Duration::ZERO)
            .group_max_time(Duration::ZERO)
            .close_timeout(Duration::ZERO),
        file()
            .wal_soft_limit_bytes((1 << 20) - 1)
            .wal_hard_limit_bytes(1 << 20),
        with_function(&"f".repeat(255), Arity::Exactly(127)),
    ];
    for options in cases {
        options.validate().unwrap();
    }
}

#[test]
fn the_message_names_value_and_range() {
    let message = refusal(&Options::new("app.db").readers(0));
    assert_eq!(message, "option `readers` is 0; allowed is 1 to 64");
    let message = refusal(&Options::new("app.db").busy_timeout(Duration::from_secs(7_200)));
    assert_eq!(
        message,
        "option `busy_timeout` is 7200s; allowed is 0ns to 3600s"
    );
}

#[test]
fn threads_are_named_after_the_file() {
    let cases = [
        (Options::new("/var/lib/app.db"), "app"),
        (Options::new("app"), "app"),
        (Options::memory(), "memory"),
        (Options::new("app.db").name("orders"), "orders"),
        (Options::memory().name("cache"), "cache"),
        (Options::new("/"), "database"),
    ];
    for (options, label) in cases {
        assert_eq!(options.label(), label);
    }
}

#[test]
fn a_missing_file_is_created_unless_said_otherwise() {
    let file = || Options::new("app.db");
    let cases = [
        (file(), true),
        (file().create(false), false),
        (file().read_only(true), false),
        (file().read_only(true).create(false), false),
    ];
    for (options, creates) in cases {
        assert_eq!(options.creates(), creates, "{options:?}");
    }
}

#[test]
fn a_path_alone_is_a_configuration() {
    let options: Options = serde_json::from_value(json!({"path": "app.db"})).unwrap();
    assert_eq!(
        serde_json::to_value(&options).unwrap(),
        serde_json::to_value(Options::new("app.db")).unwrap()
    );
}

#[test]
fn units_are_in_the_names_of_the_fields() {
    let options: Options = serde_json::from_value(json!({
        "path": ":memory:",
        "journal_mode": "truncate",
        "synchronous": "normal",
        "temp_store": "file",
        "busy_timeout_ms": 250,
        "group_max_time_us": 500,
        "wal_soft_limit_bytes": 1_048_576,
        "cache_size_kib": 1024,
    }))
    .unwrap();
    assert!(options.is_memory());
    assert_eq!(
        (options.journal_mode, options.synchronous),
        (JournalMode::Truncate, Synchronous::Normal)
    );
    assert_eq!(options.temp_store, TempStore::File);
    assert_eq!(options.busy_timeout, Duration::from_millis(250));
    assert_eq!(options.group_max_time, Duration::from_micros(500));
    assert_eq!(
        (options.wal_soft_limit_bytes, options.cache_size_kib),
        (1 << 20, 1024)
    );
}

#[test]
fn a_configuration_that_says_nonsense_is_refused() {
    let cases = [
        (
            json!({"path": "a", "busy_timeout": 5}),
            "unknown field `busy_timeout`",
        ),
        (
            json!({"path": "a", "key": "hunter2"}),
            "unknown field `key`",
        ),
        (
            json!({"path": "a", "journal_mode": "fast"}),
            "unknown variant `fast`",
        ),
        (
            json!({"path": "a", "busy_timeout_ms": -1}),
            "invalid value: integer `-1`",
        ),
    ];
    for (value, expected) in cases {
        let message = serde_json::from_value::<Options>(value)
            .unwrap_err()
            .to_string();
        assert!(message.contains(expected), "{message}");
    }
    let without_path: Options = serde_json::from_value(json!({})).unwrap();
    assert!(refusal(&without_path).contains("`path`"));
}

proptest! {
    #[test]
    fn a_configuration_survives_the_round_trip(
        readers in 1_usize..=64,
        queue in 1_usize..100_000,
        millis in 0_u64..10_000,
        id in any::<Option<i32>>(),
        name in any::<Option<String>>(),
        read_only: bool,
    ) {
        let mut options = Options::new("data/app ü.db")
            .readers(readers)
            .writer_queue(queue)
            .busy_timeout(Duration::from_millis(millis))
            .read_only(read_only);
        options.application_id = id;
        options.name = name;
        let value = serde_json::to_value(&options).unwrap();
        let back: Options = serde_json::from_value(value.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&back).unwrap(), value);
    }
}

fn with_function(name: &str, arity: Arity) -> Options {
    Options::new("app.db").function(name, arity, Determinism::Deterministic, |_| Ok(Value::Null))
}

#[test]
fn debug_shows_the_names_of_what_is_added() {
    let shown = format!(
        "{:?}",
        with_function("shout", Arity::Any).collation("by_length", Ord::cmp)
    );
    assert!(shown.contains(r#"["shout", "by_length"]"#), "{shown}");
}

#[cfg(feature = "encryption")]
mod encryption {
    use super::*;
    use crate::key::Key;

    #[test]
    fn the_key_is_checked_and_never_shown() {
        let options = Options::new("app.db").key(Key::passphrase("hunter2"));
        options.validate().unwrap();
        assert!(!format!("{options:?}").contains("hunter2"));
        assert!(!serde_json::to_string(&options).unwrap().contains("hunter2"));
        assert!(refusal(&Options::new("app.db").key(Key::passphrase(""))).contains("`key`"));
        assert!(refusal(&Options::memory().key(Key::raw([1; 32]))).contains("`key`"));
    }
}
