//! The dashboard: pages for people, over the same API that programs use.
//!
//! The server writes the shell of each page; the modules in `assets/js` fill it in from the API and keep it live.

mod assets;
mod icons;
mod pages;
mod policy;
mod shell;
mod sign_in;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use tidegate_stores::auth::Scope;

use crate::app::App;
use crate::http::{Operation, guarded};
use crate::operation::Class;

/// Every route of the dashboard.
pub(crate) fn routes(app: &App) -> Router<App> {
    let read = |name| Operation::new(name, Class::Table, Scope::Read);
    let page = |routes| guarded(app, read("dashboard.page"), routes);
    let start = Router::new().route("/", page(get(pages::start)));
    let all = pages::ALL.iter().fold(start, |router, entry| {
        let render = move |context, bundle| pages::render(entry, context, bundle);
        router.route(entry.path, page(get(render)))
    });
    all.layer(from_fn(sign_in::offer))
        .merge(assets::routes(app))
        .merge(sign_in::routes(app))
}
