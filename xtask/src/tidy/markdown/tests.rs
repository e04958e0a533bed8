//! Tests of the rule for Markdown files.

use super::check;

/// The complaints about `text` as `docs/guide.md`, beside `docs/other.md` and a README above.
fn complaints(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("docs")).unwrap();
    for file in ["README.md", "docs/other.md"] {
        std::fs::write(folder.path().join(file), "").unwrap();
    }
    let found = check(folder.path(), "docs/guide.md", text);
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_link_that_leads_somewhere_is_fine() {
    let good = [
        "[a](other.md)",
        "[a](other.md#section) and [b](../README.md \"title\")",
        "[a](/README.md) ![b](/docs)",
        "[a]: other.md\n[^1]: a footnote",
        "[a](https://example.org/x) [b](mailto:a@example.org) [c](#section)",
        "[`Database`](crate::Database) and\n[x]: crate::Database",
    ];
    for text in good {
        assert!(
            complaints(text).is_empty(),
            "{text}: {:?}",
            complaints(text)
        );
    }
}

#[test]
fn a_link_that_leads_nowhere_is_named_with_its_line() {
    assert_eq!(
        complaints("# Title\n\n[a](other.md), [b](gone.md#here)\n\n[c]: ../gone.md\n"),
        [
            "docs/guide.md:3: the link to `gone.md#here` leads to no file",
            "docs/guide.md:5: the link to `../gone.md` leads to no file",
        ]
    );
}

#[test]
fn code_holds_no_links() {
    let text =
        "`a[0](gone.md)`\n```rust\na[0](gone.md);\n[x]: gone.md\n```\n~~~\n[a](gone.md)\n~~~\n";
    assert!(complaints(text).is_empty(), "{:?}", complaints(text));
    assert_eq!(complaints("```\n```\n[a](gone.md)").len(), 1);
}
