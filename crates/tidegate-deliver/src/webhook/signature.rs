//! The signature of a webhook, by which its receiver knows who sent it.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

#[cfg(test)]
mod tests;

/// The value of the signature header for `body`, sent at `timestamp`.
pub(super) fn header(key: &[u8], timestamp: u64, body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).expect("invariant: HMAC takes keys of every length");
    mac.update(format!("{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    let mut header = format!("t={timestamp},v1=");
    for byte in mac.finalize().into_bytes() {
        write!(header, "{byte:02x}").expect("invariant: a String takes whatever is written to it");
    }
    header
}
