//! Deliveries to real receivers: one binary for all integration tests.
