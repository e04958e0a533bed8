//! Who calls: the key of a request.

use std::time::Duration;

use axum::http::{HeaderMap, Method, header};
use tidegate_stores::auth::{self, Caller, Refusal, Verdict};

use super::cookie;
use crate::app::App;
use crate::clock;
use crate::operation::Class;
use crate::problem::{Code, Problem};

/// The only scheme of `Authorization`.
const SCHEME: &str = "bearer";

/// Whoever shows a key that is taken. The database is asked each time, so that a revoked key is refused at once.
pub(super) async fn caller(
    app: &App,
    method: &Method,
    headers: &HeaderMap,
    deadline: Duration,
) -> Result<Caller, Problem> {
    let text = match bearer(headers) {
        Some(text) => Some(text),
        None => cookie::presented(method, headers)?,
    };
    let Some(text) = text else {
        let detail = "send a key as Authorization: Bearer tg_live_…";
        return Err(Problem::new(Code::MissingKey, detail));
    };
    verified(app, text, deadline).await
}

/// Whoever has the key `text`, if it is taken.
pub(crate) async fn verified(app: &App, text: &str, deadline: Duration) -> Result<Caller, Problem> {
    let deadline = deadline.min(Class::Auth.deadline());
    let (now, text) = (clock::now(), text.to_owned());
    let verify = move |tx: &mut tidegate::ReadTx<'_>| auth::verify(tx, now, &text);
    match app
        .read("auth.verify", Class::Auth, deadline, verify)
        .await?
    {
        Verdict::Accepted(caller) => {
            remember_use(app, &caller);
            Ok(caller)
        }
        Verdict::Refused(refusal) => Err(refused(refusal)),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| text.trim())
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Expired => Problem::new(Code::ExpiredKey, "ask for a new one"),
        Refusal::Revoked => Problem::new(Code::RevokedKey, "ask for another one"),
        _ => Problem::new(Code::InvalidKey, "no such key was given out"),
    }
}

/// Writes down that a key was used, at most once a minute, without the request waiting for it.
fn remember_use(app: &App, caller: &Caller) {
    if !caller.is_touch_due {
        return;
    }
    let Some(touching) = app.touches.begin(caller.id) else {
        return;
    };
    let (app, id) = (app.clone(), caller.id);
    tokio::spawn(async move {
        let _until_done = touching;
        let now = clock::now();
        let touch = move |tx: &mut tidegate::Tx<'_>| auth::touch(tx, now, id);
        let deadline = Class::Background.deadline();
        let touched = app.write("auth.touch", Class::Background, deadline, touch);
        if let Err(error) = touched.await {
            tracing::warn!(%error, key = %id, "could not keep that a key was used");
        }
    });
}
