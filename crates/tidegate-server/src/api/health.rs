//! Whether the server lives, and whether it can serve.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Context, Json, Operation, operation};
use crate::problem::{Code, Problem};

pub(super) fn routes(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(operation(
            app,
            Operation::open("health.live"),
            routes!(live),
        ))
        .routes(operation(
            app,
            Operation::open("health.ready"),
            routes!(ready),
        ))
}

/// How the server is.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

const OK: Json<Health> = Json(Health { status: "ok" });

/// Whether the server lives.
///
/// Answers as long as the process takes requests. No key is needed.
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 200, body = Health)))]
async fn live() -> Json<Health> {
    OK
}

/// Whether the server can serve.
///
/// Answers 503 when the database does not answer, or when the server is about to end. No key is needed.
#[utoipa::path(get, path = "/readyz", tag = "health", responses((status = 200, body = Health)))]
async fn ready(State(app): State<App>, context: Context) -> Result<Json<Health>, Problem> {
    if app.stopping.is_stopped() {
        return Err(Problem::new(
            Code::ShuttingDown,
            "the server is about to end",
        ));
    }
    let one = context.read("health.ready", |tx| {
        Ok(tx.query_scalar::<i64>("SELECT 1", ())?)
    });
    match one.await {
        Ok(_) => Ok(OK),
        Err(error) => Err(Problem::new(
            Code::Busy,
            format!("the database does not answer: {error}"),
        )),
    }
}
