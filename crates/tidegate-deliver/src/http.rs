//! Posting to HTTP receivers that nobody vouches for.

mod address;
mod clients;
mod place;
mod post;
mod resolver;
mod retry_after;

pub(crate) use clients::Clients;
pub use place::Address;
pub(crate) use post::Post;
