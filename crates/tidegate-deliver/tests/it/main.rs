//! Deliveries to real receivers: one binary for all integration tests.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that unwraps says where the test failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test may block: nothing else runs on its thread"
)]

mod addresses;
mod certificate;
mod channels;
mod email;
mod fake_mail;
mod hostile_http;
mod hostile_mail;
mod mail_server;
mod receiver;
mod redirects;
mod secrets;
mod slack;
mod support;
mod webhook;
