//! The list `[[route]]` and the section `[default_route]`: which alerts go where, together with which others, how often.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_stores::Matcher;
use tidegate_stores::notify::{Route, Routes};

use super::{Config, Wrong, duration};

/// Which alerts go where, together with which others, how often. An alert takes the first route whose matchers it meets,
/// and further ones if that one says `continue`.
///
/// ```toml
/// [[route]]
/// name = "database"
/// matchers = ['team="database"', 'severity=~"critical|emergency"']
/// targets = ["oncall"]
/// group_by = ["alertname", "instance"]
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RouteConfig {
    /// What it is called. It may be moved and changed without anything being told again.
    pub name: String,
    /// It takes alerts that meet all of these: `label="value"`, with `=`, `!=`, `=~` or `!~`. Besides an alert's labels they
    /// may ask for `alertname` and `severity`. All alerts, if left out.
    #[serde(default)]
    pub matchers: Vec<String>,
    /// Whether later routes may take what this one takes, too. Default: `false`.
    #[serde(default, rename = "continue")]
    pub goes_on: bool,
    /// Where they go.
    pub targets: Vec<String>,
    /// As of [`DefaultRouteConfig`].
    #[serde(default = "alertname")]
    pub group_by: Vec<String>,
    /// As of [`DefaultRouteConfig`].
    #[serde(default = "group_wait", with = "duration")]
    pub group_wait: Duration,
    /// As of [`DefaultRouteConfig`].
    #[serde(default = "group_interval", with = "duration")]
    pub group_interval: Duration,
    /// As of [`DefaultRouteConfig`].
    #[serde(default = "repeat_interval", with = "duration")]
    pub repeat_interval: Duration,
}

/// What happens to alerts that no route takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct DefaultRouteConfig {
    /// Where they go. All targets, if left out; an empty list is nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<String>>,
    /// Alerts that have the same values of these labels are told together. Default: `["alertname"]`.
    pub group_by: Vec<String>,
    /// How long others are waited for before a group is told for the first time. Default: 30 s.
    #[serde(with = "duration")]
    pub group_wait: Duration,
    /// How long after one message of a group another tells of changes. Default: 5 min.
    #[serde(with = "duration")]
    pub group_interval: Duration,
    /// After how long a group is told again though nothing has changed. Default: 4 h.
    #[serde(with = "duration")]
    pub repeat_interval: Duration,
}

impl Default for DefaultRouteConfig {
    fn default() -> Self {
        Self {
            targets: None,
            group_by: alertname(),
            group_wait: group_wait(),
            group_interval: group_interval(),
            repeat_interval: repeat_interval(),
        }
    }
}

impl RouteConfig {
    fn stored(&self) -> tidegate_stores::Result<Route> {
        let mut route = Route::new(&self.name, self.targets.clone());
        route.matchers = self
            .matchers
            .iter()
            .map(|text| Matcher::parse(text))
            .collect::<tidegate_stores::Result<_>>()?;
        route.group_by = self.group_by.clone();
        route.group_wait = self.group_wait;
        route.group_interval = self.group_interval;
        route.repeat_interval = self.repeat_interval;
        route.goes_on = self.goes_on;
        Ok(route)
    }
}

pub(super) fn check(config: &Config) -> Result<(), Wrong> {
    for (index, route) in config.route.iter().enumerate() {
        route
            .stored()
            .map_err(|error| Wrong::in_list("route", index, "matchers", &error.to_string()))?;
    }
    let checked = config
        .stored_routes()
        .and_then(|routes| routes.check(|name| config.has_target(name)));
    checked.map_err(|error| {
        let field = error.field().unwrap_or_default();
        let key = match field.strip_prefix("default") {
            Some(rest) => format!("default_route{rest}"),
            None => field.replacen("routes", "route", 1),
        };
        Wrong::new(key, error.reason().to_owned())
    })
}

impl Config {
    /// The routes as the store keeps them.
    pub(crate) fn stored_routes(&self) -> tidegate_stores::Result<Routes> {
        let list = self
            .route
            .iter()
            .map(RouteConfig::stored)
            .collect::<tidegate_stores::Result<_>>()?;
        let given = &self.default_route;
        let targets = given.targets.clone().unwrap_or_else(|| self.target_names());
        let mut routes = Routes::new(list, targets);
        routes.default.group_by = given.group_by.clone();
        routes.default.group_wait = given.group_wait;
        routes.default.group_interval = given.group_interval;
        routes.default.repeat_interval = given.repeat_interval;
        Ok(routes)
    }
}

fn alertname() -> Vec<String> {
    vec!["alertname".to_owned()]
}

fn group_wait() -> Duration {
    Duration::from_secs(30)
}

fn group_interval() -> Duration {
    Duration::from_secs(5 * 60)
}

fn repeat_interval() -> Duration {
    Duration::from_secs(4 * 3_600)
}
