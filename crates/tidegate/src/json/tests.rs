//! Tests of JSON columns.
