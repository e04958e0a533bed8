//! A sketch as bytes: a version, then for each bucket its distance from the one before and its count.

use super::Sketch;

const VERSION: u8 = 1;
/// No number of 64 bits takes more bytes.
const VARINT_BYTES_MAX: u32 = 10;

impl Sketch {
    pub(in crate::metrics) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + 4 * self.buckets.len());
        bytes.push(VERSION);
        let mut before = 0_i32;
        for &(key, count) in &self.buckets {
            put(&mut bytes, zigzag(i64::from(key) - i64::from(before)));
            put(&mut bytes, count);
            before = key;
        }
        bytes
    }

    /// `None` for bytes that are no sketch.
    pub(in crate::metrics) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&VERSION, mut rest) = bytes.split_first()? else {
            return None;
        };
        let mut sketch = Self::default();
        let mut before = 0_i64;
        while !rest.is_empty() {
            before = before.checked_add(unzigzag(take(&mut rest)?))?;
            sketch.add(i32::try_from(before).ok()?, take(&mut rest)?);
        }
        Some(sketch)
    }
}

/// Small numbers of either sign become small ones.
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Seven bits in each byte, the lowest first; the eighth says that more follow.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while let Some(byte) = u8::try_from(number & 0x7f).ok().filter(|_| number > 0x7f) {
        bytes.push(byte | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or(0x7f));
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for index in 0..VARINT_BYTES_MAX {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}
