//! Test helpers of the workspace; knows no product crate.
