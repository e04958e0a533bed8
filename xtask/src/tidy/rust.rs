//! The rules for Rust files: an opening sentence, `unsafe` in few places, nothing unfinished.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::Complaint;

#[cfg(test)]
mod tests;

/// The files that may hold `unsafe`, as the beginnings of their paths.
const UNSAFE_ALLOWED: &[&str] = &[
    "crates/tidegate/src/ffi.rs",
    "crates/tidegate/src/ffi/",
    "crates/tidegate/tests/it/extension.rs",
    "crates/tidegate-testkit/src/vfs.rs",
    "crates/tidegate-testkit/src/vfs/",
];

/// Words that mark work as unfinished; put together here so that this file may be checked too.
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];

const NO_SENTENCE: &str = "open the file with `//!` and a sentence that says what it is for";
const UNSAFE: &str = "`unsafe` outside the files that may hold it (xtask/src/tidy/rust.rs)";
const UNWRAP: &str =
    "`unwrap()` outside tests: return an error, or prove it with `expect(\"invariant: …\")`";
const IGNORED: &str = "an ignored test: make it run, or remove it";

/// Every breach of the rules in the file `path` that holds `text`.
pub(super) fn check(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if !opens_with_sentence(text) {
        complaints.push(Complaint::new(path, 1, NO_SENTENCE));
    }
    complaints.extend(unfinished(path, text));
    match TokenStream::from_str(text) {
        Ok(tokens) => {
            let mut finder = Finder::new(path);
            finder.look(tokens, is_test_file(path));
            complaints.extend(finder.complaints);
        }
        Err(error) => complaints.push(Complaint::new(
            path,
            error.span().start().line,
            format!("not Rust: {error}"),
        )),
    }
    complaints
}

/// Whether the first paragraph is an inner doc comment that ends like a sentence.
fn opens_with_sentence(text: &str) -> bool {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let lines = lines.map(str::trim).take_while(|line| !line.is_empty());
    let paragraph: Vec<&str> = lines.collect();
    paragraph
        .last()
        .is_some_and(|line| line.ends_with(['.', ':', '!', '?']))
}

fn unfinished(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        if let Some(word) = words.find(|word| UNFINISHED.contains(word)) {
            let message = format!("{word}: finish it, or file an issue");
            complaints.push(Complaint::new(path, index + 1, message));
        }
    }
    complaints
}

/// Whether the whole file is test code, by its name.
fn is_test_file(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "tests.rs")
}

/// Walks the tokens of a file, so that comments and strings are never taken for code.
struct Finder<'a> {
    path: &'a str,
    unsafe_allowed: bool,
    complaints: Vec<Complaint>,
}

impl<'a> Finder<'a> {
    fn new(path: &'a str) -> Self {
        let unsafe_allowed = UNSAFE_ALLOWED.iter().any(|start| path.starts_with(start));
        Self {
            path,
            unsafe_allowed,
            complaints: Vec::new(),
        }
    }

    /// Looks through `tokens`; `in_test` says that they stand in test code.
    fn look(&mut self, tokens: TokenStream, in_test: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        // From the attribute that marks a test to the end of the item that it marks.
        let mut in_item = in_test;
        for (at, token) in tokens.iter().enumerate() {
            self.look_at(&tokens, at, in_item);
            match token {
                TokenTree::Group(group) => {
                    in_item |= at > 0 && is_punct(&tokens[at - 1], '#') && marks_test(group);
                    self.look(group.stream(), in_item);
                    if group.delimiter() == Delimiter::Brace {
                        in_item = in_test;
                    }
                }
                token if is_punct(token, ';') => in_item = in_test,
                _ => {}
            }
        }
    }

    fn look_at(&mut self, tokens: &[TokenTree], at: usize, in_test: bool) {
        if is_ident(&tokens[at], "unsafe") && !self.unsafe_allowed {
            self.complain(&tokens[at], UNSAFE);
        }
        if !in_test && is_unwrap(tokens, at) {
            self.complain(&tokens[at], UNWRAP);
        }
        if at > 0 && is_punct(&tokens[at - 1], '#') && ignores_test(&tokens[at]) {
            self.complain(&tokens[at], IGNORED);
        }
    }

    fn complain(&mut self, token: &TokenTree, message: &str) {
        let line = token.span().start().line;
        self.complaints
            .push(Complaint::new(self.path, line, message));
    }
}

fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}

fn is_ident(token: &TokenTree, expected: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == expected)
}

/// Whether `.unwrap()` is called at `at`.
fn is_unwrap(tokens: &[TokenTree], at: usize) -> bool {
    let called = matches!(
        tokens.get(at + 1),
        Some(TokenTree::Group(group))
            if group.delimiter() == Delimiter::Parenthesis && group.stream().is_empty()
    );
    called && at > 0 && is_punct(&tokens[at - 1], '.') && is_ident(&tokens[at], "unwrap")
}

/// Whether the attribute is `[test]`, `[some::test]` or a `[cfg(…)]` that asks for tests.
fn marks_test(attribute: &Group) -> bool {
    let words = words(attribute.stream());
    let has = |word: &str| words.iter().any(|found| found == word);
    match words.first().map(String::as_str) {
        Some("cfg") => has("test") && !has("not"),
        _ => has("test") && !has("cfg_attr"),
    }
}

/// Whether the token is the attribute `[ignore]`, also behind `cfg_attr`.
fn ignores_test(token: &TokenTree) -> bool {
    let TokenTree::Group(attribute) = token else {
        return false;
    };
    let words = words(attribute.stream());
    match words.first().map(String::as_str) {
        Some("ignore") => true,
        Some("cfg_attr") => words.iter().any(|word| word == "ignore"),
        _ => false,
    }
}

/// All identifiers, from the outside inwards.
fn words(tokens: TokenStream) -> Vec<String> {
    let mut words = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => words.push(ident.to_string()),
            TokenTree::Group(group) => words.extend(self::words(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    words
}
