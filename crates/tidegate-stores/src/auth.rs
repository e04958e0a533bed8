//! Service keys: what a program shows to be let in.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tidegate::Database;
//! use tidegate_stores::auth::{self, NewKey, Scope, Verdict};
//! use tidegate_stores::{Timestamp, schema};
//!
//! let db = Database::open_in_memory().await?;
//! db.migrate(&schema::migrations()).await?;
//!
//! let now = Timestamp::parse("2026-03-01T12:00:00Z")?;
//! let new = NewKey::new("collector", [Scope::Ingest]);
//! let issued = db.write(move |tx| Ok(auth::create(tx, now, &new)?)).await?;
//! let shown = issued.secret.reveal().to_owned(); // tg_live_…: told once, never again
//!
//! let verdict = db.read(move |tx| Ok(auth::verify(tx, now, &shown)?)).await?;
//! let Verdict::Accepted(caller) = verdict else { panic!() };
//! assert!(caller.may(Scope::Ingest) && !caller.may(Scope::Read));
//! # Ok(())
//! # }
//! ```
//!
//! # How they are kept
//! A key is `tg_live_<id>_<secret>`. The id finds its row; of the secret, 256 random bits, only the SHA-256 hash is kept.
//! A slow hash with a salt, as passwords need, would add nothing: nobody can try out 2^256 secrets, so there is no
//! dictionary to slow down, and each request can afford the check. The hashes are compared in constant time, so that an
//! answer's delay tells nothing of how much of a guess was right.
//!
//! # Checking
//! [`verify`] only reads, and reads the database each time: a key that was revoked by any process is refused at once. When
//! a key was last used is written by [`touch`], at most once in [`TOUCH_INTERVAL`].

mod change;
mod create;
mod key;
mod list;
pub(crate) mod schema;
mod scope;
mod secret;
mod touch;
mod verify;

pub use change::{ROTATION_OVERLAP_MAX, revoke, rotate};
pub use create::{Issued, NewKey, create, has_any};
pub use key::{KEY_NAME_BYTES_MAX, Key, KeyState};
pub use list::{get, list};
pub use scope::{SCOPES_MAX, Scope};
pub use secret::Secret;
pub use touch::{TOUCH_INTERVAL, touch};
pub use verify::{Caller, Refusal, Verdict, verify};
