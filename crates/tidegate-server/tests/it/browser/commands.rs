//! The commands of ChromeDriver that WebDriver does not have.

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::Url;
use serde_json::Value as Json;

/// A command with a body.
#[derive(Debug)]
pub(super) struct Extension {
    path: &'static str,
    body: Json,
}

impl Extension {
    /// A command of the DevTools' protocol.
    pub(super) fn devtools(name: &str, parameters: &Json) -> Self {
        Self {
            path: "goog/cdp/execute",
            body: serde_json::json!({ "cmd": name, "params": parameters }),
        }
    }

    /// What was written to the console since it was asked last.
    pub(super) fn console() -> Self {
        Self {
            path: "se/log",
            body: serde_json::json!({ "type": "browser" }),
        }
    }
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
