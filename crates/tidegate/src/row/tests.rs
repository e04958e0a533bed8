//! Tests of dynamic rows.
