//! The table of pages: each has a file with its body, and a line here.

mod alerts;
mod events;
mod metrics;
mod notifications;
mod overview;
mod parts;
mod probes;
mod rules;
mod system;

use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

use super::assets::Bundle;
use super::shell;
use crate::http::Context;

/// What is known of a page.
pub(super) struct Page {
    pub(super) path: &'static str,
    pub(super) title: &'static str,
    /// The lines of its icon.
    pub(super) icon: &'static str,
    /// The module that fills it in.
    pub(super) module: &'static str,
    /// Scripts that are no modules, to be there before it.
    pub(super) scripts: &'static [&'static str],
    /// Styles besides those of all pages.
    pub(super) styles: &'static [&'static str],
    /// What is in it before anything has been loaded.
    pub(super) body: fn() -> Markup,
}

/// Every page, in the order of the navigation.
pub(super) const ALL: &[Page] = &[
    overview::PAGE,
    alerts::PAGE,
    rules::PAGE,
    metrics::PAGE,
    events::PAGE,
    notifications::PAGE,
    probes::PAGE,
    system::PAGE,
];

pub(super) async fn start(_: Context) -> Response {
    Redirect::to(overview::PAGE.path).into_response()
}

pub(super) async fn render(
    page: &'static Page,
    context: Context,
    bundle: &'static Bundle,
) -> Response {
    shell::respond(page, context.caller_name(), bundle)
}
