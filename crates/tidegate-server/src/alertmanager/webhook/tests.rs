//! Tests of webhook bodies, against ones written by hand.

use serde_json::{Value, json};
