//! Alerts, rules, notifications and probes as the API's contract has them: what the pages are tried with while the server
//! has no such routes.

mod data;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, extract::Query};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use super::proxy::Proxy;

pub(super) use data::ALERT;

/// What the fixture remembers.
#[derive(Clone)]
pub(super) struct Fixture {
    state: Arc<Mutex<Vec<Value>>>,
    failing: Arc<Mutex<bool>>,
    news: broadcast::Sender<Value>,
}

impl Fixture {
    /// The fixture, in front of the server at `behind`.
    pub(super) async fn start(behind: &str) -> (Self, Proxy) {
        let fixture = Self {
            state: Arc::new(Mutex::new(data::alerts())),
            failing: Arc::default(),
            news: broadcast::channel(64).0,
        };
        let proxy = Proxy::start(fixture.clone().routes(), behind).await;
        (fixture, proxy)
    }

    /// Lets the list of alerts fail from now on, or no more.
    pub(super) fn fail(&self, failing: bool) {
        *self.failing.lock().unwrap() = failing;
    }

    /// Takes all alerts away.
    pub(super) fn clear(&self) {
        self.state.lock().unwrap().clear();
    }

    /// Tells whoever listens to alerts.
    pub(super) fn tell(&self, topic: &str, data: Value) {
        let at = "2026-03-01T12:00:00Z";
        let _ = self
            .news
            .send(json!({ "seq": 7, "topic": topic, "at": at, "data": data }));
    }

    /// The state of the alert with this id.
    pub(super) fn state_of(&self, id: &str) -> String {
        let alerts = self.state.lock().unwrap();
        let found = alerts.iter().find(|alert| alert["id"] == id).unwrap();
        found["state"].as_str().unwrap().to_owned()
    }

    fn routes(self) -> Router {
        let page = |items: fn() -> Value| get(move || async move { Json(items()) });
        let routes = Router::new()
            .route("/alerts", get(alerts))
            .route("/alerts/history", get(alerts))
            .route("/alerts/summary", page(data::summary))
            .route("/alerts/test", post(|| async { StatusCode::NO_CONTENT }))
            .route("/alerts/{id}", get(story))
            .route("/alerts/{id}/acknowledge", post(acknowledge))
            .route("/rules", page(data::rules))
            .route("/rules/{name}", page(data::linked_rule))
            .route("/rules/{name}/explain", page(data::explanation))
            .route("/silences", page(data::silences))
            .route("/notifications", page(data::notifications))
            .route("/notifications/{id}", page(data::notification))
            .route("/targets", page(data::targets))
            .route("/probes", page(data::probes))
            .route("/live", get(live))
            .with_state(self);
        Router::new().nest("/api/v1", routes)
    }
}

#[derive(Deserialize)]
struct Wanted {
    state: Option<String>,
}

async fn alerts(
    State(fixture): State<Fixture>,
    Query(Wanted { state }): Query<Wanted>,
) -> Response {
    if *fixture.failing.lock().unwrap() {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy: try again");
    }
    let mut items = fixture.state.lock().unwrap().clone();
    items.retain(|alert| state.as_ref().is_none_or(|state| alert["state"] == **state));
    Json(json!({ "items": items, "next": null })).into_response()
}

async fn story(State(fixture): State<Fixture>, Path(id): Path<String>) -> Response {
    let alerts = fixture.state.lock().unwrap();
    match alerts.iter().find(|alert| alert["id"] == *id) {
        Some(alert) => Json(data::story(alert)).into_response(),
        None => problem(StatusCode::NOT_FOUND, "not_found", "There is no such thing"),
    }
}

async fn acknowledge(
    State(fixture): State<Fixture>,
    Path(id): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    let changed = {
        let mut alerts = fixture.state.lock().unwrap();
        let alert = alerts.iter_mut().find(|alert| alert["id"] == *id).unwrap();
        if request["expected_state"] != alert["state"] {
            return problem(StatusCode::CONFLICT, "state_conflict", "Somebody was first");
        }
        alert["state"] = json!("acknowledged");
        alert["acknowledged_by"] = json!("first");
        alert.clone()
    };
    fixture.tell("alerts", json!({ "alert": changed }));
    Json(changed).into_response()
}

fn problem(status: StatusCode, code: &str, title: &str) -> Response {
    let body = json!({ "code": code, "title": title, "status": status.as_u16(), "detail": "says the fixture", "request_id": "fixture-1" });
    (status, Json(body)).into_response()
}

#[derive(Deserialize)]
struct Topics {
    topics: String,
}

/// The topics that the server does not have; `events` alone goes on to the server.
async fn live(
    State(fixture): State<Fixture>,
    Query(Topics { topics }): Query<Topics>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = json!({ "seq": 0, "topic": "hello", "at": "2026-03-01T12:00:00Z", "data": { "position": topics } });
    let news = fixture.news.subscribe();
    Sse::new(unfold((Some(hello), news), async |(first, mut news)| {
        let told = match first {
            Some(hello) => hello,
            None => news.recv().await.ok()?,
        };
        let name = told["topic"].as_str().unwrap_or_default().to_owned();
        let event = Event::default()
            .id("alerts=7")
            .event(name)
            .data(told.to_string());
        Some((Ok(event), (None, news)))
    }))
}
