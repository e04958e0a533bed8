//! Values that a column holds as JSON text.

use std::ops::{Deref, DerefMut};

use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer, Serialize};
use tidegate::{Param, ToParam};

/// A value that its column holds as JSON text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct InJson<T>(pub(super) T);

impl<T> Deref for InJson<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for InJson<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Serialize> ToParam for &InJson<T> {
    fn into_param(self) -> tidegate::Result<Param> {
        let text = serde_json::to_string(&self.0)
            .expect("invariant: what is stored has a JSON form: lists and maps by text");
        text.into_param()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for InJson<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(de::Error::custom)
    }
}
