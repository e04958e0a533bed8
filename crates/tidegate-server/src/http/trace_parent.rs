//! The header `traceparent` of W3C Trace Context.

#[cfg(test)]
mod tests;

use std::fmt;

use tidegate_stores::Id;

/// The header's name.
pub(crate) const NAME: &str = "traceparent";

/// What a request is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TraceParent {
    trace: [u8; 16],
    span: [u8; 8],
    flags: u8,
}

impl TraceParent {
    /// Reads the header; what is none is passed over, as the standard asks.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let version = hex::<1>(parts.next()?)?[0];
        let trace = hex(parts.next()?)?;
        let span = hex(parts.next()?)?;
        let flags = hex::<1>(parts.next()?)?[0];
        let goes_on = parts.next().is_some();
        let is_valid = version != 0xff && trace != [0; 16] && span != [0; 8];
        (is_valid && (version > 0 || !goes_on)).then_some(Self { trace, span, flags })
    }

    /// The beginning of a trace of its own: the request's id is the trace's.
    pub(super) fn beginning(request: Id) -> Self {
        Self {
            trace: *request.as_bytes(),
            span: span_of(request),
            flags: 0,
        }
    }

    /// The part of the trace that is this request.
    pub(super) fn child(self, request: Id) -> Self {
        Self {
            span: span_of(request),
            ..self
        }
    }

    /// The trace's id as text.
    pub(super) fn trace_id(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.trace))
    }
}

/// The half of a request's id that is random.
fn span_of(request: Id) -> [u8; 8] {
    let mut span = [0; 8];
    span.copy_from_slice(&request.as_bytes()[8..]);
    span
}

/// Lower-case hexadecimal digits of exactly `N` bytes.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let digits: &[u8] = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (span, flags) = (u64::from_be_bytes(self.span), self.flags);
        write!(f, "00-{}-{span:016x}-{flags:02x}", self.trace_id())
    }
}
