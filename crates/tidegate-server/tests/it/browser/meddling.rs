//! Meddles with what a page hears of the server, for what a real one says too rarely.

use serde_json::json;

use super::session::Browser;

/// While `isBusy`, lists of alerts are refused; while `isDeaf`, nothing of the live tail arrives; `hear` lets more arrive.
const SCRIPT: &str = r#"
    window.isBusy = true;
    const real = window.fetch;
    const busy = { code: "busy", title: "Busy: try again", status: 503, detail: "too much is asked", request_id: "busy-1" };
    window.fetch = async (path, ...more) => {
        if (path === "/api/v1/alerts" && window.isBusy) {
            return Response.json(busy, { status: 503 });
        }
        const response = await real(path, ...more);
        if (!path.startsWith("/api/v1/live")) {
            return response;
        }
        const tail = new TransformStream({
            start: (out) => { window.hear = (text) => out.enqueue(new TextEncoder().encode(text)); },
            transform: (chunk, out) => window.isDeaf || out.enqueue(chunk),
        });
        return new Response(response.body.pipeThrough(tail), response);
    };
"#;

/// Meddles with every page from now on.
pub(super) async fn begin(browser: &Browser) {
    let source = json!({ "source": SCRIPT });
    browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", &source)
        .await;
}
