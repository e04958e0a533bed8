//! Tests of times as microseconds.
