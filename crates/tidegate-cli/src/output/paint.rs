//! Colours, which the stream drops where there is no terminal.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

pub(crate) fn bold(text: impl Display) -> String {
    painted(Style::new().bold(), text)
}

pub(crate) fn dim(text: impl Display) -> String {
    painted(Style::new().dimmed(), text)
}

pub(crate) fn green(text: impl Display) -> String {
    painted(AnsiColor::Green.on_default(), text)
}

pub(crate) fn yellow(text: impl Display) -> String {
    painted(AnsiColor::Yellow.on_default(), text)
}

pub(crate) fn red(text: impl Display) -> String {
    painted(AnsiColor::Red.on_default().bold(), text)
}

fn painted(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
