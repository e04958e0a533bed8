//! Tests of the layers around routes.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use super::*;

#[tokio::test]
async fn a_panic_is_a_problem_and_the_next_request_is_served() {
    async fn panics() -> &'static str {
        panic!("the secret reason")
    }
    let routes = Router::new().route("/panics", get(panics));
    let service = TowerToHyperService::new(layered(routes.route("/works", get(|| async { "ok" }))));
    let ask = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = service.call(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(Body::new(response.into_body()), 10_000)
            .await
            .unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let (status, text) = ask("/panics").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text.contains("\"code\":\"internal\"") && text.contains("\"request_id\":\""));
    assert!(!text.contains("secret"));
    assert_eq!(ask("/works").await, (StatusCode::OK, "ok".to_owned()));
}
