//! Parameters from the command line: literals recognised as JSON would, names before an equals sign.

use tidegate::{IntoParams, Params, Value};

use crate::failure::{Failure, Result};

/// The values of a statement, given on the command line.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ParamArgs {
    /// Values for ?, ?1, ?2 … in order: 7, 2.5, null, true, x'00ff', 'text' or any other text
    #[arg(value_name = "VALUE", allow_negative_numbers = true)]
    pub(crate) values: Vec<String>,

    /// A value for :NAME, @NAME or $NAME; typed like VALUE
    #[arg(short = 'p', long = "param", value_name = "NAME=VALUE")]
    named: Vec<String>,

    /// The same, always taken as text
    #[arg(long = "param-text", value_name = "NAME=VALUE")]
    named_text: Vec<String>,
}

impl ParamArgs {
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.named.is_empty() && self.named_text.is_empty()
    }

    /// The parameters for the driver.
    pub(crate) fn bind(&self) -> Result<Params> {
        if self.named.is_empty() && self.named_text.is_empty() {
            let values: Vec<Value> = self.values.iter().map(|text| literal(text)).collect();
            return Ok(values.into_params()?);
        }
        if !self.values.is_empty() {
            return Err(Failure::usage(
                "values by position and by name cannot be mixed in one statement",
            ));
        }
        let mut params = Params::named();
        for pair in &self.named {
            let (name, value) = name_and_value(pair)?;
            params = params.bind(name.to_owned(), literal(value));
        }
        for pair in &self.named_text {
            let (name, value) = name_and_value(pair)?;
            params = params.bind(name.to_owned(), value);
        }
        Ok(params.into_params()?)
    }
}

fn name_and_value(pair: &str) -> Result<(&str, &str)> {
    match pair.split_once('=') {
        Some((name, value)) if is_name(name) => Ok((name, value)),
        _ => Err(Failure::usage(format!(
            "`{pair}` is not of the form NAME=VALUE"
        ))),
    }
}

fn is_name(name: &str) -> bool {
    let bare = name.strip_prefix([':', '@', '$']).unwrap_or(name);
    !bare.is_empty() && bare.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// What a word on the command line stands for.
fn literal(word: &str) -> Value {
    match word {
        "null" | "NULL" => return Value::Null,
        "true" => return Value::Integer(1),
        "false" => return Value::Integer(0),
        _ => {}
    }
    quoted(word)
        .or_else(|| blob(word))
        .or_else(|| number(word))
        .unwrap_or_else(|| Value::Text(word.to_owned()))
}

/// Text between quotes is text, whatever it looks like; a doubled quote stands for one.
fn quoted(word: &str) -> Option<Value> {
    let quote = word.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = word.strip_prefix(quote)?.strip_suffix(quote)?;
    Some(Value::Text(
        inner.replace(&format!("{quote}{quote}"), &quote.to_string()),
    ))
}

fn blob(word: &str) -> Option<Value> {
    let digits = word.strip_prefix("x'")?.strip_suffix('\'')?;
    from_hex(digits).map(Value::Blob)
}

/// Bytes written as two hexadecimal digits each.
pub(crate) fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(hex_digit(*high)? << 4 | hex_digit(*low)?),
            _ => None,
        })
        .collect()
}

fn hex_digit(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

/// A number as JSON writes it: no leading zeroes, no plus sign, so that codes like `007` stay text.
fn number(word: &str) -> Option<Value> {
    if word.contains(char::is_whitespace) {
        return None;
    }
    match serde_json::from_str::<serde_json::Value>(word).ok()? {
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(integer) => Some(Value::Integer(integer)),
            // An integer too long for SQLite keeps its digits as text.
            None if number.is_u64() => None,
            None if word.contains(['.', 'e', 'E']) => number.as_f64().map(Value::Real),
            None => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
