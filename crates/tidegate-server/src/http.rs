//! What holds for every request: identity, keys, limits, deadlines, problems.

mod body;
mod connections;
mod context;
mod cookie;
mod deadline;
mod decoding;
mod describe;
mod fallback;
mod guard;
mod identity;
mod key;
mod query;
mod reply;
mod router;
mod security;
mod trace_parent;

pub(crate) use body::{Body, Document, MaybeDocument, offload};
pub(crate) use connections::accept;
pub(crate) use context::Context;
pub(crate) use cookie::{cleared_cookie, is_same_origin, is_secure, key_cookie};
pub(crate) use describe::KEY_SCHEME;
pub(crate) use guard::{Access, Operation, guarded, operation};
pub(crate) use key::verified;
pub(crate) use query::Query;
pub(crate) use reply::{Json, heavy, heavy_by};
pub(crate) use router::router;
