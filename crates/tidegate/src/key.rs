//! The key of an encrypted database: handed to SQLCipher by its C interface, wiped from memory, never printed.

use std::fmt;
use std::sync::Arc;

use zeroize::{Zeroize, Zeroizing};

use crate::error::{Error, Result};

/// Length of a raw key in bytes.
const RAW_LEN: usize = 32;
/// Length of SQLCipher's literal of a raw key: `x'`, two digits a byte, `'`.
const LITERAL_LEN: usize = 2 + 2 * RAW_LEN + 1;

/// The key of an encrypted database.
///
/// A clone shares the same memory, which is overwritten with zeroes when the last one is dropped. Neither `Debug` nor
/// serialisation of the options ever shows it, and it never becomes part of an SQL text.
///
/// What `Key` cannot wipe is what the caller keeps: a `&str` that was copied into it, or an array still held elsewhere.
#[derive(Clone)]
pub struct Key(Arc<Secret>);

enum Secret {
    Passphrase(Zeroizing<String>),
    Raw(Zeroizing<[u8; RAW_LEN]>),
}

impl Key {
    /// A passphrase, from which SQLCipher derives the key (PBKDF2 with the salt of the file).
    ///
    /// An empty one is refused when the database is opened, and so is one that reads like a raw key (hexadecimal digits
    /// between `x'` and `'`), because SQLCipher takes some of these for the key itself.
    #[must_use]
    pub fn passphrase(passphrase: impl Into<String>) -> Self {
        Self(Arc::new(Secret::Passphrase(Zeroizing::new(
            passphrase.into(),
        ))))
    }

    /// The 32 bytes of the key themselves, used without derivation.
    ///
    /// They have to come from a cryptographic random source or a key management service. Opening is faster than with a
    /// passphrase, whose derivation is slow on purpose and happens for every connection.
    #[must_use]
    pub fn raw(mut bytes: [u8; RAW_LEN]) -> Self {
        let key = Self(Arc::new(Secret::Raw(Zeroizing::new(bytes))));
        bytes.zeroize();
        key
    }

    /// Calls `f` with the bytes that `sqlite3_key` and `sqlite3_rekey` take; the copy made for it is wiped afterwards.
    pub(crate) fn expose<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        match &*self.0 {
            Secret::Passphrase(passphrase) => f(passphrase.as_bytes()),
            Secret::Raw(bytes) => f(&*literal(bytes)),
        }
    }

    /// Refuses what SQLCipher would silently take for something else.
    pub(crate) fn validate(&self) -> Result<()> {
        let Secret::Passphrase(passphrase) = &*self.0 else {
            return Ok(());
        };
        if passphrase.is_empty() {
            return Err(Error::misuse(
                "option `key`: an empty passphrase would leave the database unencrypted",
            ));
        }
        if reads_as_literal(passphrase.as_bytes()) {
            return Err(Error::misuse(
                "option `key`: this passphrase has the form of a raw key (x'…'); use `Key::raw`",
            ));
        }
        Ok(())
    }
}

/// Says which kind of key it is, and nothing about it.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.0 {
            Secret::Passphrase(_) => "Key(passphrase)",
            Secret::Raw(_) => "Key(raw)",
        })
    }
}

fn literal(bytes: &[u8; RAW_LEN]) -> Zeroizing<[u8; LITERAL_LEN]> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new([b'\''; LITERAL_LEN]);
    text[0] = b'x';
    for (pair, byte) in text[2..].chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 0x0f)];
    }
    text
}

/// Whether SQLCipher may see a raw key here. It does so for certain numbers of digits, which are its own affair.
fn reads_as_literal(text: &[u8]) -> bool {
    let digits = text
        .strip_prefix(b"x'")
        .or_else(|| text.strip_prefix(b"X'"))
        .and_then(|rest| rest.strip_suffix(b"'"));
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests;
