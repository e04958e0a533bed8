//! Names of tables and columns as SQL takes them.

/// An identifier between double quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A list of quoted identifiers.
pub(crate) fn quoted_list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(quoted).collect();
    quoted.join(", ")
}
