//! The driver from outside: one binary for all integration tests.

mod calls;
mod support;
