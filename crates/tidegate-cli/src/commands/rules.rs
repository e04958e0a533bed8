//! `rules`: what makes alerts.

mod check;
mod list;
mod test;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use tidegate_server::{RuleMistake, read_rules};
use tidegate_stores::alerts::Rule;

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::place::PlaceArgs;
use crate::texts;

const EXAMPLES: &str = "\
Examples:
  tidegate rules check rules.toml
  tidegate rules test rules.toml --cases cases.toml
  tidegate rules test rules.toml --db app.db
  tidegate rules list --server http://127.0.0.1:7878";

/// Check, try and list the rules that make alerts
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Rules {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Check(check::Check),
    Test(test::Test),
    List(list::List),
}

impl Rules {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::Check(args) => args.run(context).await,
            Verb::Test(args) => args.run(context, &self.place).await,
            Verb::List(args) => args.run(context, &self.place).await,
        }
    }
}

/// The rules of a file, or what is wrong with them.
async fn read(
    context: &Context,
    file: &str,
) -> Result<std::result::Result<Vec<Rule>, Vec<RuleMistake>>> {
    Ok(read_rules(&texts::read(context, file).await?))
}

/// The rules of a file in which nothing is wrong.
async fn read_sound(context: &Context, file: &str) -> Result<Vec<Rule>> {
    read(context, file).await?.map_err(|mistakes| {
        let first = mistakes.first();
        let line = first.map_or(1, |mistake| mistake.line as u64);
        let message = first.map_or_else(String::new, in_words);
        let failure = Failure::input(message).at(texts::name(file), line);
        match mistakes.len() {
            1 => failure,
            count => failure.hint(format!("`tidegate rules check` tells all {count} mistakes")),
        }
    })
}

/// The rule, the field, and what is wrong.
fn in_words(mistake: &RuleMistake) -> String {
    let rule = mistake.rule.as_ref().map(|rule| format!("rule {rule}: "));
    let field = mistake.field.as_ref().map(|field| format!("{field}: "));
    format!(
        "{}{}{}",
        rule.unwrap_or_default(),
        field.unwrap_or_default(),
        mistake.reason
    )
}
