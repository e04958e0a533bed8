//! The driver from outside: one binary for all integration tests.

mod backup;
mod batch;
mod calls;
mod disk_faults;
mod group_commit;
mod migrate;
mod streams;
mod support;
mod upkeep;
<<<<<<< Updated upstream
mod watch;
=======
mod wal_governor;
>>>>>>> Stashed changes
