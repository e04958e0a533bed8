//! Host names to addresses, private ones left out: what is resolved here is what is connected to.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{NotPublic, require_public};

#[cfg(test)]
mod tests;

/// The system's resolver, of whose answers only public addresses are kept.
///
/// The client connects to the addresses that come from here and to no others, so a name that is resolved once more and
/// differently elsewhere changes nothing.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = public(found)?;
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// The public ones among `found`.
fn public(found: impl Iterator<Item = SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    let mut refused = None;
    let mut public = Vec::new();
    for address in found {
        match require_public(address.ip()) {
            Ok(()) => public.push(address),
            Err(not_public) => refused = Some(not_public),
        }
    }
    match refused {
        Some(refused) if public.is_empty() => Err(io::Error::other::<NotPublic>(refused)),
        _ => Ok(public),
    }
}
