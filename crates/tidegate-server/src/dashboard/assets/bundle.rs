//! All assets, compressed and hashed once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::files::FILES;

/// How much of the hash stands in URLs, in bytes: enough to tell versions apart.
const HASH_BYTES: usize = 8;

/// All assets under the hash of their contents.
pub(in crate::dashboard) struct Bundle {
    hash: String,
    packed: BTreeMap<&'static str, Packed>,
}

/// One asset.
pub(super) struct Packed {
    pub(super) media_type: &'static str,
    pub(super) plain: &'static [u8],
    pub(super) gzip: Vec<u8>,
}

impl Bundle {
    /// Compresses all of them: some milliseconds of work.
    pub(super) fn pack() -> Self {
        let mut hasher = Sha256::new();
        let mut packed = BTreeMap::new();
        for (name, plain) in FILES {
            hasher.update(name);
            hasher.update((plain.len() as u64).to_le_bytes());
            hasher.update(plain);
            let asset = Packed {
                media_type: media_type(name),
                plain,
                gzip: gzip(plain),
            };
            packed.insert(*name, asset);
        }
        let hash = hexadecimal(&hasher.finalize()[..HASH_BYTES]);
        Self { hash, packed }
    }

    /// The path of an asset.
    pub(in crate::dashboard) fn url(&self, name: &str) -> String {
        format!("/assets/{}/{name}", self.hash)
    }

    pub(super) fn find(&self, hash: &str, name: &str) -> Option<&Packed> {
        self.packed.get(name).filter(|_| hash == self.hash)
    }

    /// How much a browser loads that loads everything.
    #[cfg(test)]
    pub(super) fn compressed_bytes(&self) -> usize {
        self.packed.values().map(|asset| asset.gzip.len()).sum()
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    written.expect("invariant: writing to memory does not fail")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
