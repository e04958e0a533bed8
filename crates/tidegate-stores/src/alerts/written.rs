//! How rules are written: durations, matchers, labels and aggregates as texts.

/// A duration as people write it: `5m`, `1h 30m`.
pub(super) mod duration {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::check::shown;

    pub(crate) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&humantime::format_duration(*duration))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }

    pub(super) fn parse(text: &str) -> Result<Duration, String> {
        humantime::parse_duration(text)
            .map_err(|error| format!("{} is no duration such as 5m: {error}", shown(text)))
    }
}

/// A duration that may be left out.
pub(super) mod optional_duration {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => super::duration::serialize(duration, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        let parsed = text.as_deref().map(super::duration::parse);
        parsed.transpose().map_err(de::Error::custom)
    }
}

/// A list of matchers, each a text: `["job=\"api\"", "env!=test"]`.
pub(super) mod matchers {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::matcher::Matcher;

    pub(crate) fn serialize<S: Serializer>(
        matchers: &[Matcher],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(matchers.iter().map(ToString::to_string))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Matcher>, D::Error> {
        let texts: Vec<String> = Vec::deserialize(deserializer)?;
        let parsed = texts.iter().map(|text| Matcher::parse(text));
        parsed.collect::<Result<_, _>>().map_err(de::Error::custom)
    }
}

/// Labels as a map of texts.
pub(super) mod labels {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::labels::Labels;

    pub(crate) fn serialize<S: Serializer>(
        labels: &Labels,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(labels.iter().map(|label| (label.name(), label.value())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Labels, D::Error> {
        let pairs: BTreeMap<String, String> = BTreeMap::deserialize(deserializer)?;
        Labels::new(pairs).map_err(de::Error::custom)
    }
}

/// An aggregate by its name.
pub(super) mod aggregate {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::metrics::Aggregate;

    pub(crate) fn serialize<S: Serializer>(
        aggregate: &Aggregate,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(aggregate.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Aggregate, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
