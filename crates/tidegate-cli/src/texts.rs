//! Texts that a verb is given: a file, or standard input.

use std::fs::File;
use std::io::{self, Read};

use crate::context::Context;
use crate::failure::{Failure, Result};

/// What stands for standard input.
const STDIN: &str = "-";
/// The longest text, in bytes.
const TEXT_BYTES_MAX: u64 = 64 << 20;

/// What a message calls the source of a text.
pub(crate) fn name(file: &str) -> &str {
    match file {
        STDIN => "standard input",
        file => file,
    }
}

/// The whole text.
pub(crate) async fn read(context: &Context, file: &str) -> Result<String> {
    let file = file.to_owned();
    context
        .blocking(move || {
            let cannot = |error| Failure::io(format!("cannot read {}", name(&file)), &error);
            let mut source: Box<dyn Read> = match file.as_str() {
                STDIN => Box::new(io::stdin()),
                path => Box::new(File::open(path).map_err(cannot)?),
            };
            let mut text = String::new();
            let mut limited = (&mut source).take(TEXT_BYTES_MAX + 1);
            limited.read_to_string(&mut text).map_err(cannot)?;
            match text.len() as u64 > TEXT_BYTES_MAX {
                true => Err(Failure::input(format!(
                    "{} is longer than {TEXT_BYTES_MAX} bytes",
                    name(&file)
                ))),
                false => Ok(text),
            }
        })
        .await
}
