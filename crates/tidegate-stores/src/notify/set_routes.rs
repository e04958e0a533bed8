//! Routes in their table, and changing them.

use std::time::Duration;

use serde::Deserialize;
use tidegate::{Params, ReadTx, Tx};

use super::in_json::{in_json, in_micros, to_json};
use super::route::{Route, Routes};
use super::state::routing_changed;
use super::target_rows::targets;
use crate::error::Result;
use crate::matcher::Matcher;
use crate::timestamp::{Timestamp, micros};

/// The routes; a default one that leads nowhere until they are set.
///
/// # Errors
/// What the database answers.
pub fn routes(tx: &mut ReadTx<'_>) -> Result<Routes> {
    let sql = "SELECT name, matchers, targets, group_by, group_wait, group_interval, repeat_interval, goes_on
        FROM tg_notify_route ORDER BY position";
    let rows: Vec<RouteRow> = tx.query(sql, ())?;
    let mut list = rows
        .into_iter()
        .map(RouteRow::into_route)
        .collect::<Result<Vec<_>>>()?;
    Ok(match list.pop() {
        Some(default) => Routes { list, default },
        None => Routes::default(),
    })
}

/// Makes the routes be these, and says whether they were others before.
///
/// Call [`reroute_step`](super::reroute_step) afterwards, so that alerts that fire already go where they are to go now.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`Limit`](crate::ErrorKind::Limit) for a route that is not as it
/// must be or that names a target that does not exist; the field is a path such as `routes[2].targets`. And what the
/// database answers.
pub fn set_routes(tx: &mut Tx<'_>, now: Timestamp, given: &Routes) -> Result<bool> {
    let known = targets(tx)?;
    given.check(|name| known.iter().any(|target| target.name == name))?;
    if routes(tx)? == *given {
        return Ok(false);
    }
    tx.execute("DELETE FROM tg_notify_route", ())?;
    for (position, route) in given.all().enumerate() {
        insert(tx, position, route)?;
    }
    routing_changed(tx, now)?;
    Ok(true)
}

fn insert(tx: &mut Tx<'_>, position: usize, route: &Route) -> Result<()> {
    let sql = "INSERT INTO tg_notify_route (position, name, matchers, targets, group_by, group_wait, group_interval,
        repeat_interval, goes_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let matchers: Vec<String> = route.matchers.iter().map(ToString::to_string).collect();
    let params = Params::new()
        .push(position)
        .push(&*route.name)
        .push(matchers.join(","))
        .push(to_json(&route.targets))
        .push(to_json(&route.group_by))
        .push(micros(route.group_wait))
        .push(micros(route.group_interval))
        .push(micros(route.repeat_interval))
        .push(route.goes_on);
    tx.execute(sql, params)?;
    Ok(())
}

/// A row of the table.
#[derive(Deserialize)]
struct RouteRow {
    name: String,
    matchers: String,
    #[serde(deserialize_with = "in_json")]
    targets: Vec<String>,
    #[serde(deserialize_with = "in_json")]
    group_by: Vec<String>,
    #[serde(deserialize_with = "in_micros")]
    group_wait: Duration,
    #[serde(deserialize_with = "in_micros")]
    group_interval: Duration,
    #[serde(deserialize_with = "in_micros")]
    repeat_interval: Duration,
    goes_on: bool,
}

impl RouteRow {
    fn into_route(self) -> Result<Route> {
        Ok(Route {
            matchers: Matcher::parse_list(&self.matchers)?,
            name: self.name,
            targets: self.targets,
            group_by: self.group_by,
            group_wait: self.group_wait,
            group_interval: self.group_interval,
            repeat_interval: self.repeat_interval,
            goes_on: self.goes_on,
        })
    }
}
