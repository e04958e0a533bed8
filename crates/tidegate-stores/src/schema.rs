//! The steps that make the tables of the stores.
//!
//! A database file has one version, SQLite's `user_version`: the number of steps it has gone, whoever they belong to.
//! A file that only the stores use takes [`migrations`]. If your own tables live in the same file, write one list that
//! holds the steps of both, and never change the order of what was released; what a new version of this crate adds
//! goes behind what you had:
//!
//! ```
//! use tidegate::{Migration, Migrations};
//! use tidegate_stores::schema;
//!
//! /// The steps of the stores that the first version of this program knew.
//! const FIRST: usize = 3;
//!
//! let mut stores = schema::steps();
//! let later = stores.split_off(FIRST.min(stores.len()));
//! let own = [Migration::sql("orders", "CREATE TABLE orders (id INTEGER PRIMARY KEY)")];
//! let all = Migrations::new(stores.into_iter().chain(own).chain(later));
//! # let _ = all;
//! ```

use tidegate::{Migration, Migrations};

use crate::{alerts, auth, events, metrics, notify};

/// The steps of all stores, in the order in which they were released.
///
/// Each makes tables whose names begin with `tg_`, and touches no other.
#[must_use]
pub fn steps() -> Vec<Migration> {
    vec![
        metrics::schema::step(),
        events::schema::step(),
        auth::schema::step(),
        notify::schema::step(),
        alerts::schema::step(),
    ]
}

/// The same as a list for [`tidegate::Database::migrate`], for a file that holds the stores only.
#[must_use]
pub fn migrations() -> Migrations {
    Migrations::new(steps())
}
