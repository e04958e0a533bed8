//! The table of contents of the API: each capability is a file with its routes, and a line here.

#![expect(
    unused_qualifications,
    reason = "the macros that describe routes write paths in full"
)]

mod description;
mod events;
mod health;
mod keys;
mod live;
mod metrics;
mod page;
mod prometheus;
mod system;

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApiBuilder};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::http::KEY_SCHEME;
use crate::problem;

/// Every route, with its description.
pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    let capabilities = [
        health::routes(app),
        description::routes(app),
        keys::routes(app),
        metrics::routes(app),
        events::routes(app),
        live::routes(app),
        system::routes(app),
        prometheus::routes(app),
    ];
    let described = OpenApiRouter::with_openapi(description());
    capabilities
        .into_iter()
        .fold(described, OpenApiRouter::merge)
}

/// What the description says besides the routes.
fn description() -> utoipa::openapi::OpenApi {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A service key: tg_live_…"))
        .build();
    let components = ComponentsBuilder::new()
        .security_scheme(KEY_SCHEME, SecurityScheme::Http(bearer))
        .schema(problem::Body::name(), problem::Body::schema())
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Tidegate")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Metrics and events on SQLite. Times are RFC 3339 in UTC. Failures are problem details (RFC 9457) \
                     with a stable code.",
                ))
                .build(),
        )
        .components(Some(components))
        .build()
}
