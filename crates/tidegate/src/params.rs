//! Parameters: taken over from the caller, carried to the connection's thread, bound there without a copy.

mod bind;
mod list;
mod named;
mod param;
#[cfg(test)]
mod tests;
mod to_param;
mod tuples;

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

pub use list::{List, ZeroBlob, list};
pub use named::{NamedParams, named};
pub use param::Param;
pub use to_param::ToParam;

use crate::error::{Error, Result};

/// Positional lists up to this length need no allocation of their own.
const INLINE_PARAMS: usize = 4;

/// The parameters of one statement, owned.
///
/// Tuples, arrays and vectors become this by themselves; build one for names, or for a number of parameters known only
/// at run time. A value that cannot be a parameter is reported when the parameters are used.
///
/// ```
/// use tidegate::{Params, params};
///
/// let by_position = params![1, "two", None::<i64>];
/// let by_name = Params::named().bind("id", 1).bind(":name", "two");
/// # let _ = (by_position, by_name);
/// ```
#[derive(Default)]
pub struct Params {
    values: SmallVec<[Param; INLINE_PARAMS]>,
    /// As long as `values` when the parameters are named.
    names: Option<Vec<Cow<'static, str>>>,
    refused: Option<Error>,
}

/// What can be the parameters of a statement.
///
/// Implemented for `()`, tuples of up to 16 values, arrays, slices and vectors of values, and [`Params`]. A single
/// value is a tuple of one, `(7,)`, or an array, `[7]`. A `Vec<u8>` is a list of integers here: write `(bytes,)` for a blob.
pub trait IntoParams {
    /// Takes the values over.
    ///
    /// # Errors
    /// [`Conversion`](crate::ErrorKind::Conversion) if a value cannot be stored by SQLite without loss; it says which
    /// parameter.
    fn into_params(self) -> Result<Params>;
}

/// Positional [`Params`] of any number of values of any types.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        $crate::Params::new()$(.push($value))*
    };
}

impl Params {
    /// No parameters yet; add positional ones with [`push`](Params::push).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No parameters yet, to be added by name.
    pub fn named() -> NamedParams {
        NamedParams::default()
    }

    /// Adds the next parameter by position.
    #[must_use]
    pub fn push(mut self, value: impl ToParam) -> Self {
        match value.into_param() {
            Ok(param) => self.values.push(param),
            Err(error) => {
                self.refuse(error.context(format!("parameter {}", self.values.len() + 1)))
            }
        }
        self
    }

    /// The number of parameters.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What the parameters take in memory, in bytes.
    pub(crate) fn size_bytes(&self) -> usize {
        self.values
            .iter()
            .map(|param| size_of::<Param>() + param.heap_bytes())
            .sum()
    }

    /// The contents that must not show up in messages.
    pub(crate) fn secrets(&self) -> Vec<Cow<'_, [u8]>> {
        self.values.iter().flat_map(Param::secrets).collect()
    }

    /// Remembers the first refusal.
    fn refuse(&mut self, error: Error) {
        self.refused.get_or_insert(error);
    }

    fn from_values(values: impl IntoIterator<Item = Result<Param>>) -> Result<Self> {
        let numbered = values.into_iter().enumerate();
        let values =
            numbered.map(|(index, param)| param.map_err(|error| at_position(error, index)));
        Ok(Self {
            values: values.collect::<Result<_>>()?,
            names: None,
            refused: None,
        })
    }
}

impl Clone for Params {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            names: self.names.clone(),
            refused: self.refused.as_ref().map(Error::duplicate),
        }
    }
}

/// Types and sizes only: contents may be secret.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.names {
            Some(names) => f
                .debug_map()
                .entries(names.iter().zip(&self.values))
                .finish(),
            None => f.debug_list().entries(&self.values).finish(),
        }
    }
}

impl IntoParams for Params {
    fn into_params(mut self) -> Result<Params> {
        self.refused.take().map_or(Ok(self), Err)
    }
}

impl IntoParams for () {
    fn into_params(self) -> Result<Params> {
        Ok(Params::new())
    }
}

impl<T: ToParam, const N: usize> IntoParams for [T; N] {
    fn into_params(self) -> Result<Params> {
        Params::from_values(self.into_iter().map(ToParam::into_param))
    }
}

impl<T: ToParam> IntoParams for Vec<T> {
    fn into_params(self) -> Result<Params> {
        Params::from_values(self.into_iter().map(ToParam::into_param))
    }
}

impl<T: ToParam + Clone> IntoParams for &[T] {
    fn into_params(self) -> Result<Params> {
        Params::from_values(self.iter().cloned().map(ToParam::into_param))
    }
}

impl<T: ToParam + Clone, const N: usize> IntoParams for &[T; N] {
    fn into_params(self) -> Result<Params> {
        self.as_slice().into_params()
    }
}

#[cold]
fn at_position(error: Error, index: usize) -> Error {
    error.context(format!("parameter {}", index + 1))
}
