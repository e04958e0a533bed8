//! Which alerts go where, together with which others, how often.

use std::time::Duration;

use super::target::{NAME_BYTES_MAX, lasting};
use crate::check::{self, shown};
use crate::error::{Error, Result};
use crate::labels::{Labels, check_name};
use crate::matcher::{MATCHERS_MAX, Matcher};
use crate::window::WINDOW_MAX;

/// The most routes, the default one not counted.
pub const ROUTES_MAX: usize = 200;
/// The most targets of one route.
pub const ROUTE_TARGETS_MAX: usize = 20;
/// The most labels that one route groups by.
pub const GROUP_BY_MAX: usize = 20;

/// The name of the default route.
pub(super) const DEFAULT_NAME: &str = "default";

/// Which alerts go where, together with which others, how often.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Route {
    /// What it is called: one visible line of at most [`NAME_BYTES_MAX`] bytes. Groups belong to a route by its name: it
    /// may move, and be changed, without anything being told again.
    pub name: String,
    /// It takes alerts that meet all of these, at most [`MATCHERS_MAX`]. Besides an alert's labels they may ask for
    /// `alertname` and `severity`.
    pub matchers: Vec<Matcher>,
    /// Where they go, at most [`ROUTE_TARGETS_MAX`]. Nowhere is a choice, too.
    pub targets: Vec<String>,
    /// Alerts that have the same values of these labels are told together, at most [`GROUP_BY_MAX`]; all of them if there
    /// is none. `alertname` and `severity` count as labels.
    pub group_by: Vec<String>,
    /// How long others are waited for before a group is told for the first time; 30 seconds at first.
    pub group_wait: Duration,
    /// How long after one message of a group another tells of changes; 5 minutes at first.
    pub group_interval: Duration,
    /// After how long a group is told again though nothing has changed; 4 hours at first.
    pub repeat_interval: Duration,
    /// Whether later routes may take what this one takes, too.
    pub goes_on: bool,
}

impl Route {
    /// A route for every alert.
    #[must_use]
    pub fn new<T: Into<String>>(
        name: impl Into<String>,
        targets: impl IntoIterator<Item = T>,
    ) -> Self {
        Self {
            name: name.into(),
            matchers: Vec::new(),
            targets: targets.into_iter().map(Into::into).collect(),
            group_by: vec!["alertname".to_owned()],
            group_wait: Duration::from_secs(30),
            group_interval: Duration::from_secs(5 * 60),
            repeat_interval: Duration::from_secs(4 * 3_600),
            goes_on: false,
        }
    }

    pub(super) fn takes(&self, labels: &Labels) -> bool {
        self.matchers.iter().all(|matcher| matcher.matches(labels))
    }

    fn check(&self, is_target: &impl Fn(&str) -> bool) -> Result<()> {
        check::line("name", &self.name, NAME_BYTES_MAX)?;
        check::count("matchers", self.matchers.len(), MATCHERS_MAX)?;
        check::count("targets", self.targets.len(), ROUTE_TARGETS_MAX)?;
        refuse_twice("targets", &self.targets)?;
        if let Some(unknown) = self.targets.iter().find(|name| !is_target(name)) {
            let reason = format!("there is no target {}", shown(unknown));
            return Err(Error::invalid("targets", reason));
        }
        check::count("group_by", self.group_by.len(), GROUP_BY_MAX)?;
        refuse_twice("group_by", &self.group_by)?;
        for name in &self.group_by {
            check_name("group_by", name)?;
        }
        self.check_times()
    }

    fn check_times(&self) -> Result<()> {
        if self.group_wait > WINDOW_MAX {
            return Err(Error::limit("group_wait", "at most 3660 days"));
        }
        lasting("group_interval", self.group_interval, WINDOW_MAX)?;
        lasting("repeat_interval", self.repeat_interval, WINDOW_MAX)?;
        match self.repeat_interval >= self.group_interval {
            true => Ok(()),
            false => Err(Error::invalid(
                "repeat_interval",
                "must not be shorter than group_interval",
            )),
        }
    }
}

/// All routes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Routes {
    /// The routes in their order, at most [`ROUTES_MAX`]. An alert is taken by the first that it meets, and by further
    /// ones if that one [goes on](Route::goes_on).
    pub list: Vec<Route>,
    /// Takes what no other takes; its name is `default`, and it has no matchers.
    pub default: Route,
}

impl Routes {
    /// Routes with a default one.
    #[must_use]
    pub fn new<T: Into<String>>(
        list: Vec<Route>,
        default_targets: impl IntoIterator<Item = T>,
    ) -> Self {
        Self {
            list,
            default: Route::new(DEFAULT_NAME, default_targets),
        }
    }

    /// The default one behind all others.
    pub(super) fn all(&self) -> impl Iterator<Item = &Route> {
        self.list.iter().chain([&self.default])
    }

    pub(super) fn find(&self, name: &str) -> Option<&Route> {
        self.all().find(|route| route.name == name)
    }

    /// The routes that take an alert with these labels.
    pub(super) fn taking(&self, labels: &Labels) -> Vec<&Route> {
        let mut taking = Vec::new();
        for route in self.list.iter().filter(|route| route.takes(labels)) {
            taking.push(route);
            if !route.goes_on {
                break;
            }
        }
        if taking.is_empty() {
            taking.push(&self.default);
        }
        taking
    }

    /// Refuses routes that are not as they must be; the error's field is a path such as `routes[2].targets`.
    pub(super) fn check(&self, is_target: impl Fn(&str) -> bool) -> Result<()> {
        check::count("routes", self.list.len(), ROUTES_MAX)?;
        for (index, route) in self.list.iter().enumerate() {
            let is_taken = route.name == DEFAULT_NAME
                || self.list[..index]
                    .iter()
                    .any(|other| other.name == route.name);
            let checked = match is_taken {
                true => Err(Error::invalid("name", "another route has it")),
                false => route.check(&is_target),
            };
            checked.map_err(|error| error.within(&format!("routes[{index}]")))?;
        }
        self.check_default(&is_target)
            .map_err(|error| error.within("default"))
    }

    fn check_default(&self, is_target: &impl Fn(&str) -> bool) -> Result<()> {
        if self.default.name != DEFAULT_NAME {
            return Err(Error::invalid("name", "must be `default`"));
        }
        match self.default.matchers.is_empty() {
            true => self.default.check(is_target),
            false => Err(Error::invalid(
                "matchers",
                "must be empty: it takes the rest",
            )),
        }
    }
}

impl Default for Routes {
    /// A default route that leads nowhere.
    fn default() -> Self {
        Self::new(Vec::new(), [""; 0])
    }
}

fn refuse_twice(field: &'static str, names: &[String]) -> Result<()> {
    let is_again = |(index, name): &(usize, &String)| names[..*index].contains(name);
    match names.iter().enumerate().find(is_again) {
        Some((_, name)) => Err(Error::invalid(
            field,
            format!("{} is given twice", shown(name)),
        )),
        None => Ok(()),
    }
}
