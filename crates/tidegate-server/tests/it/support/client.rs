//! A client of the API.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value as Json;

/// Sends requests with a key.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) key: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Json,
}

impl Client {
    pub(crate) fn new(url: String, key: String) -> Self {
        // The workspace's client has no provider of its own. Another test may have set it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .gzip(false)
            .build()
            .unwrap();
        Self { http, url, key }
    }

    /// The same with another key.
    pub(crate) fn with_key(&self, key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            ..self.clone()
        }
    }

    /// A request without a key.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.key)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Json) -> Reply {
        Reply::of(
            self.request(Method::POST, path)
                .json(body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        Reply::of(request.send().await.unwrap()).await
    }

    /// Records an event with this title.
    pub(crate) async fn record_event(&self, title: &str) -> Reply {
        self.post("/api/v1/events", &event(title)).await
    }

    /// Makes a key with these scopes, and gives the client that shows it, and its id.
    pub(crate) async fn issue(&self, scopes: &[&str]) -> (Self, String) {
        let new = serde_json::json!({ "name": "test", "scopes": scopes });
        let made = self.post("/api/v1/keys", &new).await.expect(201);
        let id = made["key"]["id"].as_str().unwrap().to_owned();
        (self.with_key(made["secret"].as_str().unwrap()), id)
    }

    /// The titles of all events, the newest first.
    pub(crate) async fn titles(&self) -> Vec<String> {
        let page = self.get("/api/v1/events?limit=1000").await.expect(200);
        let items = page["items"].as_array().unwrap();
        let titles = items.iter().map(|item| item["title"].as_str().unwrap());
        titles.map(str::to_owned).collect()
    }
}

impl Reply {
    pub(crate) async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Json::String(text));
        Self {
            status,
            headers,
            body,
        }
    }

    /// The body, if the status is the expected one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Json {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// Checks that it is a whole problem with this status and code.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Json {
        let media_type = self
            .headers
            .get("content-type")
            .map(|value| value.as_bytes());
        assert_eq!(
            media_type,
            Some(&b"application/problem+json"[..]),
            "{}",
            self.body
        );
        let id = self
            .headers
            .get("x-request-id")
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status, "{body}");
        assert_eq!(body["type"], format!("urn:tidegate:problem:{code}"));
        assert_eq!(body["request_id"], id.as_str());
        assert!(
            body["title"].is_string() && body["detail"].is_string(),
            "{body}"
        );
        body
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An event with this title.
pub(crate) fn event(title: &str) -> Json {
    serde_json::json!({ "type": "test", "severity": "info", "source": "tests", "title": title })
}
