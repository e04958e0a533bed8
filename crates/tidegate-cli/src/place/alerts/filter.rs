//! Which alerts are meant, as arguments, as parameters of a URL, and as the store takes it.

use tidegate_stores::Matcher;
use tidegate_stores::alerts::{Filter, State};

use crate::failure::Result;
use crate::place::query::Query;

/// Which alerts are meant: those that meet every condition.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct AlertFilter {
    /// In this state: pending, firing, acknowledged, suppressed, resolved; of several, any will do
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,

    /// This urgent or more: info, warning, critical, emergency
    #[arg(long, value_name = "SEVERITY")]
    severity: Option<String>,

    /// Of this name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Whose labels meet this: 'queue="mail"', with = != =~ !~; may be given several times
    #[arg(long = "match", short = 'm', value_name = "MATCHER")]
    matchers: Vec<String>,
}

impl AlertFilter {
    pub(super) fn query(&self) -> Query {
        Query::default()
            .each("state", &self.state)
            .add("severity", self.severity.as_ref())
            .add("name", self.name.as_ref())
            .each("match", &self.matchers)
    }

    pub(super) fn parsed(&self) -> Result<Filter> {
        let states = self.state.iter().map(|name| name.parse::<State>());
        let mut filter = Filter::default();
        filter.states = states.collect::<tidegate_stores::Result<_>>()?;
        filter.severity_min = self.severity.as_deref().map(str::parse).transpose()?;
        filter.name.clone_from(&self.name);
        for matcher in &self.matchers {
            filter.matchers.extend(Matcher::parse_list(matcher)?);
        }
        Ok(filter)
    }
}
