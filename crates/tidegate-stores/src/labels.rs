//! Sets of labels in one canonical form.

mod json;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use crate::check::{self, shown};
use crate::error::{Error, Result};

/// The most labels of one set.
pub const LABELS_MAX: usize = 64;
/// The longest name of a label, in bytes.
pub const LABEL_NAME_BYTES_MAX: usize = 128;
/// The longest value of a label, in bytes.
pub const LABEL_VALUE_BYTES_MAX: usize = 2_048;

/// What errors call a set of labels.
const FIELD: &str = "labels";

/// A set of labels: names with values, sorted by name, each name once.
///
/// A name matches `[a-zA-Z_][a-zA-Z0-9_]*`; a value is any text without NUL. A label with an empty value is the same as
/// none and is left out, as in Prometheus. Cloning is cheap.
///
/// Two sets are equal if and only if their canonical JSON texts are, which is how they are stored and what
/// [`Fingerprint`](crate::Fingerprint) is taken of.
///
/// ```
/// use tidegate_stores::Labels;
///
/// let labels = Labels::new([("job", "api"), ("env", "prod"), ("zone", "")])?;
/// assert_eq!(labels.to_json(), r#"{"env":"prod","job":"api"}"#);
/// assert_eq!(labels.get("job"), Some("api"));
/// # Ok::<(), tidegate_stores::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels(Arc<[Label]>);

/// One label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    name: Box<str>,
    value: Box<str>,
}

impl Label {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value, never empty.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl Labels {
    /// The set of these names and values, in any order.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that is none, a name given twice, or a value with NUL;
    /// [`Limit`](crate::ErrorKind::Limit) beyond [`LABELS_MAX`], [`LABEL_NAME_BYTES_MAX`] or [`LABEL_VALUE_BYTES_MAX`].
    pub fn new<N, V>(labels: impl IntoIterator<Item = (N, V)>) -> Result<Self>
    where
        N: AsRef<str>,
        V: AsRef<str>,
    {
        let mut sorted = Vec::new();
        for (name, value) in labels {
            check_name(FIELD, name.as_ref())?;
            check_value(name.as_ref(), value.as_ref())?;
            check::count(FIELD, sorted.len() + 1, LABELS_MAX)?;
            sorted.push(Label {
                name: name.as_ref().into(),
                value: value.as_ref().into(),
            });
        }
        sorted.sort_unstable();
        refuse_duplicates(&sorted)?;
        sorted.retain(|label| !label.value.is_empty());
        Ok(Self(sorted.into()))
    }

    /// The set without labels.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The value of a label.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self
            .0
            .binary_search_by(|label| (*label.name).cmp(name))
            .ok()?;
        Some(&self.0[at].value)
    }

    /// The labels in the order of their names.
    pub fn iter(&self) -> std::slice::Iter<'_, Label> {
        self.0.iter()
    }

    /// The number of labels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The labels of both sets; where both have one, `other`'s.
    ///
    /// # Errors
    /// [`Limit`](crate::ErrorKind::Limit) beyond [`LABELS_MAX`].
    pub fn with(&self, other: &Self) -> Result<Self> {
        let kept = self.iter().filter(|label| other.get(&label.name).is_none());
        let pairs = kept.chain(other.iter());
        Self::new(pairs.map(|label| (&*label.name, &*label.value)))
    }

    /// Only the labels of these names, for grouping by them.
    #[must_use]
    pub fn only<N: AsRef<str>>(&self, names: &[N]) -> Self {
        let wanted = |label: &&Label| names.iter().any(|name| name.as_ref() == &*label.name);
        Self(self.iter().filter(wanted).cloned().collect())
    }
}

/// Refuses what is no name of a label.
pub(crate) fn check_name(field: &'static str, name: &str) -> Result<()> {
    check::length(field, name, LABEL_NAME_BYTES_MAX)?;
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match name.starts_with(starts) && name.chars().all(goes_on) {
        true => Ok(()),
        false => Err(Error::invalid(
            field,
            format!("{} is no label name: [a-zA-Z_][a-zA-Z0-9_]*", shown(name)),
        )),
    }
}

fn check_value(name: &str, value: &str) -> Result<()> {
    if value.len() > LABEL_VALUE_BYTES_MAX {
        return Err(Error::limit(
            FIELD,
            format!(
                "the value of {name} has {} bytes, of at most {LABEL_VALUE_BYTES_MAX}",
                value.len()
            ),
        ));
    }
    match value.contains('\0') {
        true => Err(Error::invalid(
            FIELD,
            format!("the value of {name} holds the character NUL"),
        )),
        false => Ok(()),
    }
}

fn refuse_duplicates(sorted: &[Label]) -> Result<()> {
    match sorted.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(Error::invalid(
            FIELD,
            format!("{} is given twice", pair[0].name),
        )),
        None => Ok(()),
    }
}

impl Default for Labels {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

impl<'a> IntoIterator for &'a Labels {
    type Item = &'a Label;
    type IntoIter = std::slice::Iter<'a, Label>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// As Prometheus writes them: `{env="prod",job="api"}`.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, label) in self.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}={}", label.name, Quoted(&label.value))?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A value in quotes, with `\`, `"` and line feeds escaped.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                plain => write!(f, "{plain}")?,
            }
        }
        f.write_str("\"")
    }
}
