//! A browser that a test drives.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;

use fantoccini::{Client as WebDriver, ClientBuilder, Locator};
use futures_util::FutureExt as _;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::chromium::capabilities;
use super::commands::Extension;
use super::driver::Driver;
use crate::support::{PATIENCE, wait_until};

/// A window that is as wide as most.
pub(super) const DESKTOP: (u32, u32) = (1280, 900);
/// A window that is as narrow as a phone.
pub(super) const PHONE: (u32, u32) = (390, 844);

/// How long a request may take while many tests run at once: the header by which it asks for that.
pub(super) const TIMEOUT: (&str, &str) = ("x-request-timeout", "20s");

/// A browser.
#[derive(Clone)]
pub(super) struct Browser {
    driver: WebDriver,
}

/// Runs a test with a browser, which is closed whatever becomes of the test.
pub(super) async fn with_browser(test: impl AsyncFnOnce(&Browser)) {
    let profile = TempDir::with_prefix("tidegate-browser-").unwrap();
    let driver = Driver::start().await;
    let browser = Browser::open(&driver, &profile).await;
    browser.be_patient().await;
    let outcome = AssertUnwindSafe(test(&browser)).catch_unwind().await;
    let closed = browser.driver.close().await;
    driver.stop().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
    closed.unwrap();
}

impl Browser {
    async fn open(driver: &Driver, profile: &TempDir) -> Self {
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities(profile));
        let driver = builder.connect(&driver.url).await;
        Self {
            driver: driver.expect("chromium starts: `cargo xtask test` installs it"),
        }
    }

    /// A machine that runs many tests at once is slow: its pages ask for more time than they need elsewhere.
    async fn be_patient(&self) {
        let none = json!({});
        self.devtools("Network.enable", &none).await;
        let patience = json!({ "headers": { TIMEOUT.0: TIMEOUT.1 } });
        self.devtools("Network.setExtraHTTPHeaders", &patience)
            .await;
    }

    pub(super) async fn go(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// Signs in on the page that is shown.
    pub(super) async fn sign_in(&self, key: &str) {
        let field = self.driver.find(Locator::Id("key")).await.unwrap();
        field.send_keys(key).await.unwrap();
        let button = self.driver.find(Locator::Css("button[type=submit]")).await;
        button.unwrap().click().await.unwrap();
    }

    /// Goes to a page of the dashboard, signing in first, and waits until it is filled.
    pub(super) async fn go_signed_in(&self, url: &str, key: &str) {
        self.go(url).await;
        self.sign_in(key).await;
        self.settle().await;
    }

    /// Waits until nothing is being loaded.
    pub(super) async fn settle(&self) {
        let settled = "return document.querySelector('main h1') !== null \
             && document.readyState === 'complete' \
             && document.querySelector('[aria-busy=true]') === null \
             && document.querySelector('.filled:empty, .tiles:empty') === null;";
        self.wait(settled).await;
    }

    /// Waits until a script gives true.
    pub(super) async fn wait(&self, script: &str) {
        let holds = wait_until(async || self.run(script).await == json!(true));
        let waited = AssertUnwindSafe(holds).catch_unwind().await;
        if waited.is_err() {
            let text = self.text("body").await;
            panic!("this never came true: {script}\nThe page:\n{text}");
        }
    }

    /// What a script gives; null while the page changes.
    pub(super) async fn run(&self, script: &str) -> Json {
        self.driver
            .execute(script, Vec::new())
            .await
            .unwrap_or_default()
    }

    /// The text of the first element that a selector finds; nothing if it finds none.
    pub(super) async fn text(&self, selector: &str) -> String {
        let script = format!(
            "return document.querySelector({})?.innerText ?? '';",
            json!(selector)
        );
        self.run(&script)
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until an element has a text.
    pub(super) async fn wait_for_text(&self, selector: &str, text: &str) {
        let script = format!(
            "return document.querySelector({})?.innerText.replaceAll(/\\s+/g, ' ').includes({}) ?? false;",
            json!(selector),
            json!(text)
        );
        self.wait(&script).await;
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub(super) async fn press(&self, keys: &str) {
        let focused = self.driver.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Clicks the first that a selector finds, as soon as there is one that can be clicked.
    pub(super) async fn click(&self, selector: &str) {
        self.click_at(Locator::Css(selector)).await;
    }

    /// Clicks the button, or the row, that says just this: the last one, which is in the uppermost dialog.
    pub(super) async fn press_button(&self, text: &str) {
        let says = format!("normalize-space()='{text}' or .//strong[.='{text}']");
        let path = format!("(//button[{says}])[last()]");
        self.click_at(Locator::XPath(&path)).await;
    }

    /// What is shown anew meanwhile is looked for again.
    async fn click_at(&self, place: Locator<'_>) {
        let click = async || self.driver.find(place).await?.click().await;
        wait_until(async || click().await.is_ok()).await;
    }

    /// Writes into the field that a selector finds.
    pub(super) async fn write(&self, selector: &str, text: &str) {
        let field = self.driver.wait().for_element(Locator::Css(selector)).await;
        field.unwrap().send_keys(text).await.unwrap();
    }

    /// Chooses the value of a list of choices.
    pub(super) async fn choose(&self, selector: &str, value: &str) {
        let field = self.driver.wait().for_element(Locator::Css(selector)).await;
        field.unwrap().select_by_value(value).await.unwrap();
    }

    /// What was written to the console as an error since the last time.
    pub(super) async fn console_errors(&self) -> Vec<String> {
        let log = self.driver.issue_cmd(Extension::console()).await.unwrap();
        let entries = log.as_array().unwrap().iter();
        entries
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Makes the window as large as this, whatever a window's least size is.
    pub(super) async fn resize(&self, (width, height): (u32, u32)) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics)
            .await;
    }

    /// Prefers `dark` or `light`, as the system would.
    pub(super) async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", &features).await;
    }

    /// Writes a picture of the window into `target/screenshots`.
    pub(super) async fn picture(&self, name: &str) {
        let folder = target().join("screenshots");
        tokio::fs::create_dir_all(&folder).await.unwrap();
        let picture = self.driver.screenshot().await.unwrap();
        let file = folder.join(format!("{name}.png"));
        tokio::fs::write(file, picture).await.unwrap();
    }

    pub(super) async fn devtools(&self, name: &str, parameters: &Json) -> Json {
        let command = Extension::devtools(name, parameters);
        self.driver.issue_cmd(command).await.unwrap()
    }

    /// As [`run`](Self::run), for a script that calls its last argument when it is done.
    pub(super) async fn run_async(&self, script: &str) -> Json {
        let patience = fantoccini::wd::TimeoutConfiguration::new(Some(PATIENCE), None, None);
        self.driver.update_timeouts(patience).await.unwrap();
        self.driver.execute_async(script, Vec::new()).await.unwrap()
    }
}

/// Where builds leave what they make.
pub(super) fn target() -> PathBuf {
    let inside = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    inside.parent().unwrap().to_owned()
}
