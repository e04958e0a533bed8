//! Parameters by name.

use std::borrow::Cow;

use super::{IntoParams, Param, Params, ToParam};
use crate::error::{Error, Result};

/// Named parameters in the making: see [`Params::named`].
#[derive(Debug, Default)]
#[must_use]
pub struct NamedParams {
    names: Vec<Cow<'static, str>>,
    params: Params,
}

/// Parameters by name: `named([("id", 7), ("count", 3)])`.
///
/// For values of several types use [`Params::named`].
pub fn named<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> NamedParams
where
    N: Into<Cow<'static, str>>,
    V: ToParam,
{
    let none = Params::named();
    pairs
        .into_iter()
        .fold(none, |params, (name, value)| params.bind(name, value))
}

impl NamedParams {
    /// Adds a parameter; the prefix `:`, `@` or `$` of its name may be left out.
    pub fn bind(mut self, name: impl Into<Cow<'static, str>>, value: impl ToParam) -> Self {
        let name = name.into();
        match value.into_param() {
            Ok(param) => self.add(name, param),
            Err(error) => self
                .params
                .refuse(error.context(format!("parameter `{name}`"))),
        }
        self
    }

    fn add(&mut self, name: Cow<'static, str>, param: Param) {
        if self.names.contains(&name) {
            return self
                .params
                .refuse(Error::misuse(format!("parameter `{name}` is given twice")));
        }
        self.names.push(name);
        self.params.values.push(param);
    }
}

impl IntoParams for NamedParams {
    fn into_params(self) -> Result<Params> {
        let mut params = self.params;
        params.names = Some(self.names);
        params.into_params()
    }
}
