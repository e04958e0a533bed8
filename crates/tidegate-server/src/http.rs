//! What holds for every request: identity, keys, limits, deadlines, problems.

mod body;
mod connections;
mod context;
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
mod trace_parent;

pub(crate) use body::{Body, Document, MaybeDocument, offload};
pub(crate) use connections::accept;
pub(crate) use context::Context;
pub(crate) use describe::KEY_SCHEME;
pub(crate) use guard::{Access, Operation, operation};
pub(crate) use query::Query;
pub(crate) use reply::{Json, heavy, heavy_by};
pub(crate) use router::router;
