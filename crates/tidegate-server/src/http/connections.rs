//! Taking connections in until the server is to end, and seeing those out that are there.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::app::App;

/// How long to wait when the operating system gives no connection, because there are too many files open for instance.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

/// Serves connections until the server is to end; then waits for requests under way, for as long as the configuration
/// says. Tells whether all of them were done.
pub(crate) async fn accept(app: &App, listener: TcpListener, router: Router) -> bool {
    let config = app.config();
    let places = Arc::new(Semaphore::new(config.server.connections_max));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(config.server.header_timeout);
    let mut connections = JoinSet::new();
    while let Some((stream, place)) = next(app, &listener, &places).await {
        let served = serve(app.clone(), http.clone(), stream, router.clone());
        connections.spawn(async move {
            served.await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let limit = app.config().server.shutdown_timeout;
    let all = async { while connections.join_next().await.is_some() {} };
    tokio::time::timeout(limit, all).await.is_ok()
}

/// Serves one connection. When the server is to end, the request under way is its last.
async fn serve(app: App, http: http1::Builder, stream: TcpStream, router: Router) {
    let service = TowerToHyperService::new(router);
    let connection = http.serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection.with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = app.stopping.stopped() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The next connection and its place among those at once; `None` when the server is to end.
async fn next(
    app: &App,
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let taken = async {
        let place = places.clone().acquire_owned().await.ok()?;
        Some((connection(listener).await, place))
    };
    tokio::select! {
        () = app.stopping.stopped() => None,
        taken = taken => taken,
    }
}

async fn connection(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are written whole; waiting to fill packets only delays them.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take a connection");
                tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
            }
        }
    }
}
