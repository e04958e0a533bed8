//! Which addresses are on the public internet.

use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

#[cfg(test)]
mod tests;

/// Networks of IPv4 that are not public: the first address, the bits that count, and what it is.
const NOT_PUBLIC_V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "unspecified"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "carrier-grade NAT"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "reserved"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relay"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

/// Networks of IPv6 that are not public, those that lead to an IPv4 address among them.
const NOT_PUBLIC_V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified"),
    (Ipv6Addr::LOCALHOST, 128, "loopback"),
    (
        Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0),
        96,
        "IPv4-mapped",
    ),
    (v6(0x64, 0xff9b, 0), 96, "NAT64"),
    (v6(0x64, 0xff9b, 1), 48, "NAT64"),
    (v6(0x2001, 0, 0), 32, "Teredo"),
    (v6(0x2001, 0, 0), 23, "reserved"),
    (v6(0x2001, 0xdb8, 0), 32, "documentation"),
    (v6(0x2002, 0, 0), 16, "6to4"),
    (v6(0x3fff, 0, 0), 20, "documentation"),
    (v6(0xfc00, 0, 0), 7, "private"),
    (v6(0xfe80, 0, 0), 10, "link-local"),
    (v6(0xfec0, 0, 0), 10, "site-local"),
    (v6(0xff00, 0, 0), 8, "multicast"),
];

/// All public addresses of IPv6 are in here.
const GLOBAL_V6: (Ipv6Addr, u32) = (v6(0x2000, 0, 0), 3);

/// A host has no address that is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotPublic(pub(crate) IpAddr);

/// Refuses an address that is not on the public internet.
pub(crate) fn require_public(address: IpAddr) -> Result<(), NotPublic> {
    match class(address) {
        None => Ok(()),
        Some(_) => Err(NotPublic(address)),
    }
}

/// What an address is, if it is not public.
fn class(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => {
            let inside = |(net, bits, _): &&(Ipv4Addr, u32, _)| {
                let shift = 32 - bits;
                net.to_bits() >> shift == address.to_bits() >> shift
            };
            let net = NOT_PUBLIC_V4.iter().find(inside);
            net.map(|(_, _, class)| *class)
        }
        IpAddr::V6(address) => {
            let inside = |net: Ipv6Addr, bits: u32| {
                let shift = 128 - bits;
                net.to_bits() >> shift == address.to_bits() >> shift
            };
            let mut nets = NOT_PUBLIC_V6.iter();
            let net = nets.find(|(net, bits, _)| inside(*net, *bits));
            let global = inside(GLOBAL_V6.0, GLOBAL_V6.1);
            net.map(|(_, _, class)| *class)
                .or((!global).then_some("reserved"))
        }
    }
}

/// The network with these first groups.
const fn v6(a: u16, b: u16, c: u16) -> Ipv6Addr {
    Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)
}

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = class(self.0).unwrap_or("public");
        write!(
            f,
            "the address {} is {class}, which is not allowed unless `allow_private` is set",
            self.0
        )
    }
}

impl StdError for NotPublic {}
