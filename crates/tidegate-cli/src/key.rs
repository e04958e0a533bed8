//! Keys of encrypted files: from a file, the environment or the terminal, never from the command line.

use std::path::{Path, PathBuf};

use clap::Args;
use tidegate::Key;
use zeroize::{Zeroize, Zeroizing};

use crate::failure::{Failure, Result};
use crate::params::from_hex;

const VARIABLE: &str = "TIDEGATE_KEY";
const NEW_VARIABLE: &str = "TIDEGATE_NEW_KEY";

/// Where the key of the database comes from.
#[derive(Args, Clone, Debug)]
pub(crate) struct KeyArgs {
    /// The file that holds the key: a passphrase, or x'…' with 64 hexadecimal digits [or variable TIDEGATE_KEY]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Encryption")]
    key_file: Option<PathBuf>,

    /// Ask for the key on the terminal
    #[arg(
        long,
        global = true,
        conflicts_with = "key_file",
        help_heading = "Encryption"
    )]
    ask_key: bool,
}

/// Where a new key comes from.
#[derive(Args, Clone, Debug)]
pub(crate) struct NewKeyArgs {
    /// The file that holds the new key [or variable TIDEGATE_NEW_KEY; otherwise the terminal is asked]
    #[arg(long, value_name = "FILE", help_heading = "Encryption")]
    new_key_file: Option<PathBuf>,
}

/// The key of a database that is there, if one is given.
pub(crate) fn of_database(args: &KeyArgs) -> Result<Option<Key>> {
    match (&args.key_file, args.ask_key) {
        (Some(file), _) => from_file(file).map(Some),
        (None, true) => ask("Key: ").map(Some),
        (None, false) if holds_key_of_a_server() => Ok(None),
        (None, false) => from_variable(VARIABLE),
    }
}

/// The key of a file that is to be made: as [`of_database`], or asked for twice.
pub(crate) fn of_new_file(args: &KeyArgs) -> Result<Key> {
    if args.ask_key {
        return ask_twice();
    }
    of_database(args)?.map_or_else(ask_twice, Ok)
}

/// The key that takes the place of another.
pub(crate) fn new_key(args: &NewKeyArgs) -> Result<Key> {
    if let Some(file) = &args.new_key_file {
        return from_file(file);
    }
    from_variable(NEW_VARIABLE)?.map_or_else(ask_twice, Ok)
}

/// The variable serves for both kinds of keys; a server's is told by its beginning.
fn holds_key_of_a_server() -> bool {
    std::env::var(VARIABLE).is_ok_and(|text| text.starts_with(crate::place::KEY_PREFIX))
}

fn from_file(path: &Path) -> Result<Key> {
    let mut text = std::fs::read_to_string(path).map_err(|error| {
        Failure::io(
            format!("cannot read the key file {}", path.display()),
            &error,
        )
    })?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    of_text(text)
}

fn from_variable(name: &str) -> Result<Option<Key>> {
    match std::env::var(name) {
        Ok(text) => of_text(text).map(Some),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::input(format!("the variable {name} is not UTF-8")))
        }
    }
}

fn ask(prompt: &str) -> Result<Key> {
    of_text(read_hidden(prompt)?)
}

fn ask_twice() -> Result<Key> {
    let first = read_hidden("New key: ")?;
    let second = Zeroizing::new(read_hidden("The same again: ")?);
    match first == *second {
        true => of_text(first),
        false => Err(Failure::input("the two keys differ")),
    }
}

fn read_hidden(prompt: &str) -> Result<String> {
    rpassword::prompt_password(prompt).map_err(|error| {
        Failure::io("cannot ask for a key", &error)
            .hint("give it with --key-file or in a variable where there is no terminal")
    })
}

/// Takes the text over, so that its memory is wiped with the key.
fn of_text(mut text: String) -> Result<Key> {
    if text.is_empty() {
        return Err(Failure::input("the key is empty"));
    }
    let digits = text
        .strip_prefix("x'")
        .and_then(|rest| rest.strip_suffix('\''));
    let Some(bytes) = digits.and_then(from_hex).map(Zeroizing::new) else {
        return Ok(Key::passphrase(text));
    };
    text.zeroize();
    let raw: [u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| Failure::input("a key of the form x'…' must have 64 hexadecimal digits"))?;
    Ok(Key::raw(raw))
}

#[cfg(test)]
mod tests;
