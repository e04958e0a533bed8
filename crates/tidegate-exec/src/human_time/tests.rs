//! What is written comes back, and what is no duration is refused with its text.

use proptest::prelude::*;
use serde_json::{from_value, json};

use super::*;

#[derive(Debug, PartialEq, serde::Serialize, Deserialize)]
struct Times {
    #[serde(with = "crate::human_time")]
    one: Duration,
    #[serde(with = "crate::human_time")]
    other: Duration,
}

#[test]
fn people_may_write_units_and_sums() {
    let times: Times = from_value(json!({"one": "1h 30m", "other": "250ms"})).unwrap();
    let expected = Times {
        one: Duration::from_secs(5_400),
        other: Duration::from_millis(250),
    };
    assert_eq!(times, expected);
}

#[test]
fn a_bad_duration_is_named() {
    for bad in ["30", "", "-1s", "1 fortnight"] {
        let error = from_value::<Times>(json!({"one": bad, "other": "1s"})).unwrap_err();
        assert!(error.to_string().contains(&format!("`{bad}`")), "{error}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(one in any::<u32>(), nanos in 0u32..1_000_000_000, other in any::<u32>()) {
        let times = Times {
            one: Duration::new(one.into(), nanos),
            other: Duration::from_millis(other.into()),
        };
        let written = serde_json::to_value(&times).unwrap();
        prop_assert_eq!(from_value::<Times>(written).unwrap(), times);
    }
}
