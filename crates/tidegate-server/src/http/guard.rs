//! The layer around each route: who may call it, how often, how long it may take, what is measured of it.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use tidegate_stores::auth::{Caller, Scope};
use utoipa_axum::router::UtoipaMethodRouter;

use super::context::Context;
use super::deadline::Deadline;
use super::describe::describe;
use super::key;
use crate::app::App;
use crate::operation::{Class, Measured, Outcome, Tally};
use crate::problem::{Code, Problem};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Open,
    /// Whoever has a key with this scope.
    Scope(Scope),
    /// As `Scope`, unless the configuration opens it.
    Metrics,
}

/// What is known of a route besides its path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// The name in reports, such as `metrics.range`.
    pub(crate) name: &'static str,
    /// The class, which gives the deadline and the target.
    pub(crate) class: Class,
    /// Who may call it.
    pub(crate) access: Access,
}

impl Operation {
    /// A route for keys with a scope.
    pub(crate) const fn new(name: &'static str, class: Class, scope: Scope) -> Self {
        Self {
            name,
            class,
            access: Access::Scope(scope),
        }
    }

    /// A route for everybody.
    pub(crate) const fn open(name: &'static str) -> Self {
        Self {
            name,
            class: Class::Table,
            access: Access::Open,
        }
    }
}

#[derive(Clone)]
struct Guard {
    app: App,
    operation: Operation,
    tally: Arc<Tally>,
}

/// Puts the guard around the methods of a path, and says so in the description of the API.
pub(crate) fn operation(
    app: &App,
    operation: Operation,
    (schemas, mut paths, routes): UtoipaMethodRouter<App>,
) -> UtoipaMethodRouter<App> {
    describe(&mut paths, operation);
    (schemas, paths, guarded(app, operation, routes))
}

/// Puts the guard around the methods of a path that the description of the API leaves out.
pub(crate) fn guarded(
    app: &App,
    operation: Operation,
    routes: MethodRouter<App>,
) -> MethodRouter<App> {
    let guard = Guard {
        app: app.clone(),
        operation,
        tally: app
            .ledger
            .tally(Measured::Route, operation.name, operation.class),
    };
    routes.route_layer(from_fn_with_state(guard, watch))
}

async fn watch(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let begun = guard.tally.begin();
    let response = match guard.admit(request.method(), request.headers()).await {
        Ok(context) => run(context, request, next).await,
        Err(problem) => problem.into_response(),
    };
    begun.end(outcome(&response));
    response
}

async fn run(context: Context, mut request: Request, next: Next) -> Response {
    let deadline = context.deadline();
    request.extensions_mut().insert(context);
    let answered = deadline.hold(next.run(request)).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

impl Guard {
    async fn admit(&self, method: &Method, headers: &HeaderMap) -> Result<Context, Problem> {
        let (app, class) = (&self.app, self.operation.class);
        let most = app.config().server.request_timeout_max;
        // Told only to callers with a key, if it is wrong.
        let deadline = Deadline::of(headers, class, most);
        let context = |deadline| Context::new(app.clone(), class, deadline);
        let Some(scope) = self.scope() else {
            return deadline.map(context);
        };
        let left = deadline
            .as_ref()
            .map_or(class.deadline(), |deadline| deadline.left());
        let caller = key::caller(app, method, headers, left).await?;
        self.limit(&caller)?;
        let context = context(deadline?);
        match caller.may(scope) {
            true => Ok(context.called_by(caller)),
            false => {
                let detail = format!("the key {} has no scope {scope}", caller.name);
                Err(Problem::new(Code::InsufficientScope, detail))
            }
        }
    }

    /// The scope that is needed; `None` if everybody may call.
    fn scope(&self) -> Option<Scope> {
        match self.operation.access {
            Access::Open => None,
            Access::Metrics if self.app.config().server.metrics_without_key => None,
            Access::Metrics => Some(Scope::Read),
            Access::Scope(scope) => Some(scope),
        }
    }

    fn limit(&self, caller: &Caller) -> Result<(), Problem> {
        let server = &self.app.config().server;
        let (per_second, burst) = (server.requests_per_second, server.requests_burst);
        let limiter = &self.app.limiter;
        let counted = limiter.count(caller.id, Instant::now(), per_second, burst);
        counted.map_err(|wait| {
            let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
            let detail = format!("the key may be used {per_second} times a second");
            Problem::new(Code::RateLimited, detail).retry_after(seconds)
        })
    }
}

fn outcome(response: &Response) -> Outcome {
    let problem = response.extensions().get::<Arc<Problem>>();
    match problem.map(|problem| problem.code()) {
        None => Outcome::Done,
        Some(Code::DeadlineExceeded) => Outcome::TimedOut,
        Some(code) => Outcome::Failed(code.as_str()),
    }
}
