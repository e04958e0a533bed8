//! Which events are meant, as arguments, as parameters of a URL, and as the store takes it.

use tidegate_stores::events::Filter;

use crate::failure::Result;
use crate::place::query::Query;

/// Which events are meant: of each list, any value will do.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct EventFilter {
    /// Of this type
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,

    /// Of this severity: debug, info, warning, error, critical
    #[arg(long, value_name = "SEVERITY")]
    severity: Vec<String>,

    /// From this source
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,

    /// Of this category
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,

    /// About this target
    #[arg(long, value_name = "TARGET")]
    target: Vec<String>,

    /// Of this status
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,

    /// With this tag
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// With this correlation id
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,

    /// Of this user
    #[arg(long = "user", value_name = "USER")]
    user_id: Option<String>,

    /// With all these words in title, description, details or tags
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
}

impl EventFilter {
    pub(super) fn query(&self) -> Query {
        Query::default()
            .each("type", &self.types)
            .each("severity", &self.severity)
            .each("source", &self.source)
            .each("category", &self.category)
            .each("target", &self.target)
            .each("status", &self.status)
            .each("tag", &self.tag)
            .add("correlation_id", self.correlation_id.as_ref())
            .add("user_id", self.user_id.as_ref())
            .add("text", self.text.as_ref())
    }

    pub(super) fn parsed(&self) -> Result<Filter> {
        let severities = self.severity.iter().map(|name| name.parse());
        let mut filter = Filter::default();
        filter.severities = severities.collect::<tidegate_stores::Result<_>>()?;
        filter.types.clone_from(&self.types);
        filter.sources.clone_from(&self.source);
        filter.categories.clone_from(&self.category);
        filter.targets.clone_from(&self.target);
        filter.statuses.clone_from(&self.status);
        filter.tags.clone_from(&self.tag);
        filter.correlation_id.clone_from(&self.correlation_id);
        filter.user_id.clone_from(&self.user_id);
        filter.text.clone_from(&self.text);
        Ok(filter)
    }
}
