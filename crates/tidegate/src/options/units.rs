//! Durations as whole numbers, in the unit that the field's name ends in.

macro_rules! unit {
    ($name:ident, $whole:ident, $from:ident, $meaning:literal) => {
        #[doc = $meaning]
        pub(super) mod $name {
            use std::time::Duration;

            use serde::{Deserialize, Deserializer, Serializer};

            pub(in super::super) fn serialize<S: Serializer>(
                duration: &Duration,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(u64::try_from(duration.$whole()).unwrap_or(u64::MAX))
            }

            pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Duration, D::Error> {
                u64::deserialize(deserializer).map(Duration::$from)
            }
        }
    };
}

unit!(millis, as_millis, from_millis, "Milliseconds.");
unit!(micros, as_micros, from_micros, "Microseconds.");
