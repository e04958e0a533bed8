//! Tests of the rules for Rust files.

use super::check;

/// The complaints about a file at `path` that holds `code` behind a good opening line.
fn complaints(path: &str, code: &str) -> Vec<String> {
    let text = format!("//! Does one thing.\n{code}");
    let found = check(path, &text);
    found
        .iter()
        .map(|c| format!("{}: {}", c.line, c.message))
        .collect()
}

/// How many complaints there are about `code` in an ordinary file of the driver.
fn count(code: &str) -> usize {
    complaints("crates/tidegate/src/pool.rs", code).len()
}

#[test]
fn a_file_opens_with_a_sentence() {
    let good = [
        "//! Says it.\nfn f() {}",
        "//! Says it\n//! on two lines.\n",
        "//! Says it.\n//!\n//! And more\n",
    ];
    for text in good {
        assert!(check("a.rs", text).is_empty(), "{text}");
    }
    let bad = [
        "",
        "fn f() {}",
        "// Says it.\nfn f() {}",
        "//!\n//! Says it.\n",
        "//! no end\nfn f() {}",
        "\n//! Says it.\n",
        "//! # Heading\n//!\n//! Says it.\n",
    ];
    for text in bad {
        let found = check("a.rs", text);
        assert!(
            found
                .iter()
                .any(|c| c.line == 1 && c.message == super::NO_SENTENCE),
            "{text}"
        );
    }
}

#[test]
fn unsafe_stays_in_its_files() {
    let code = "fn f() { unsafe { g() } }";
    assert_eq!(
        complaints("crates/tidegate/src/pool.rs", code),
        [format!("2: {}", super::UNSAFE)]
    );
    for path in [
        "crates/tidegate/src/ffi.rs",
        "crates/tidegate/src/ffi/handles.rs",
        "crates/tidegate-testkit/src/vfs.rs",
    ] {
        assert!(complaints(path, code).is_empty(), "{path}");
    }
}

#[test]
fn words_in_comments_strings_and_attributes_are_not_unsafe_code() {
    assert_eq!(count("// unsafe\nconst A: &str = \"unsafe\";"), 0);
    assert_eq!(count("#![forbid(unsafe_code)]"), 0);
}

#[test]
fn unwrap_is_for_tests() {
    assert_eq!(
        complaints("src/a.rs", "\nfn f() {\n    g()\n        .unwrap();\n}"),
        [format!("5: {}", super::UNWRAP)]
    );
    let allowed = [
        "fn f() { g().unwrap_or(1); unwrap(); }",
        "/// `g().unwrap()`\nfn f() { \"g().unwrap()\"; }",
        "#[test] fn f() { g().unwrap(); }",
        "#[tokio::test(flavor = \"x\")] async fn f() { g().unwrap(); }",
        "#[cfg(test)] mod tests { mod inner { fn f() { g().unwrap(); } } }",
        "#[cfg(any(test, feature = \"x\"))] fn f() { g().unwrap(); }",
    ];
    for code in allowed {
        assert_eq!(count(code), 0, "{code}");
    }
    let refused = [
        "#[cfg(test)] mod tests; fn f() { g().unwrap(); }",
        "#[test] fn f() {} fn h() { g().unwrap(); }",
        "#[cfg(not(test))] fn f() { g().unwrap(); }",
        "fn f() { h!(g().unwrap()); }",
    ];
    for code in refused {
        assert_eq!(count(code), 1, "{code}");
    }
}

#[test]
fn test_files_may_unwrap() {
    let code = "fn f() { g().unwrap(); }";
    for path in ["crates/a/tests/it/main.rs", "crates/a/src/pool/tests.rs"] {
        assert!(complaints(path, code).is_empty(), "{path}");
    }
}

#[test]
fn no_test_is_ignored() {
    let refused = [
        "#[test]\n#[ignore]\nfn f() {}",
        "#[test]\n#[ignore = \"slow\"]\nfn f() {}",
        "#[test]\n#[cfg_attr(miri, ignore)]\nfn f() {}",
    ];
    for code in refused {
        assert_eq!(
            complaints("crates/a/tests/it/main.rs", code),
            [format!("3: {}", super::IGNORED)],
            "{code}"
        );
    }
    assert_eq!(count("fn ignore() { ignore(); let a = [ignore]; }"), 0);
}

#[test]
fn nothing_is_left_unfinished() {
    for word in super::UNFINISHED {
        let found = complaints("src/a.rs", &format!("// {word}: later"));
        assert_eq!(found, [format!("2: {word}: finish it, or file an issue")]);
        assert_eq!(count(&format!("const MY_{word}S: u8 = 1;")), 0);
    }
}

#[test]
fn what_is_not_rust_is_named() {
    let found = complaints("src/a.rs", "fn f() {");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("not Rust"), "{found:?}");
}
