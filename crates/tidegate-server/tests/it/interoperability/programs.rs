//! Running Prometheus and amtool: on free ports, in directories of their own, ended with the test.

use std::net::TcpListener;
use std::process::{Output, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::support::Client;

/// A running Prometheus, killed when it is dropped.
pub(super) struct Prometheus {
    child: Child,
    _dir: TempDir,
}

impl Prometheus {
    /// One that scrapes the server, and sends it an alert as soon as that has worked.
    pub(super) async fn start(server: &Client) -> Self {
        let dir = TempDir::with_prefix("tidegate-prometheus-").unwrap();
        let address = server.url.trim_start_matches("http://");
        let key = &server.key;
        let config = format!(
            r#"
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: [rules.yml]
scrape_configs:
  - job_name: tidegate
    authorization: {{ credentials: {key} }}
    static_configs: [{{ targets: ["{address}"] }}]
alerting:
  alertmanagers:
    - authorization: {{ credentials: {key} }}
      static_configs: [{{ targets: ["{address}"] }}]
"#
        );
        let rules = r#"
groups:
  - name: tidegate
    rules:
      - alert: Scraped
        expr: up{job="tidegate"} == 1 and on (instance) tidegate_uptime_seconds >= 0
        labels: { severity: critical }
        annotations: { summary: "up for {{ $value }}" }
"#;
        let path = dir.path().join("prometheus.yml");
        tokio::fs::write(&path, config).await.unwrap();
        tokio::fs::write(dir.path().join("rules.yml"), rules)
            .await
            .unwrap();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", path.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                dir.path().join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{}", free_port()))
            .arg("--log.level=error")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Debian's package `prometheus` is needed");
        Self { child, _dir: dir }
    }

    /// Fails if it has ended by itself.
    pub(super) fn must_run(&mut self) {
        let ended = self.child.try_wait().unwrap();
        assert_eq!(ended, None, "Prometheus has ended");
    }

    pub(super) async fn end(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// amtool, which shows a key by a configuration file.
pub(super) struct Amtool {
    url: String,
    dir: TempDir,
}

impl Amtool {
    pub(super) fn new(server: &Client) -> Self {
        let dir = TempDir::with_prefix("tidegate-amtool-").unwrap();
        let config = format!("authorization: {{ credentials: {} }}\n", server.key);
        std::fs::File::create(dir.path().join("http.yml"))
            .and_then(|mut file| std::io::Write::write_all(&mut file, config.as_bytes()))
            .unwrap();
        Self {
            url: server.url.clone(),
            dir,
        }
    }

    /// What it prints as JSON.
    pub(super) async fn json(&self, arguments: &[&str]) -> Json {
        let output = self.run(arguments, &["--output=json"]).await;
        let text = succeeded(output);
        // It prints `null` for a list without anything.
        match serde_json::from_str(&text).unwrap() {
            Json::Null => Json::Array(Vec::new()),
            list => list,
        }
    }

    /// What it prints; on its standard error there must be nothing, not even a warning.
    pub(super) async fn text(&self, arguments: &[&str]) -> String {
        succeeded(self.run(arguments, &[]).await)
    }

    /// What it says on its standard error when it fails.
    pub(super) async fn failure(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments, &[]).await;
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    async fn run(&self, arguments: &[&str], more: &[&str]) -> Output {
        Command::new("amtool")
            .args(arguments)
            .args(more)
            .arg(format!("--alertmanager.url={}", self.url))
            .arg(format!(
                "--http.config.file={}",
                self.dir.path().join("http.yml").display()
            ))
            // Its own configuration files must not be read.
            .env("HOME", self.dir.path())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .expect("Debian's package `prometheus-alertmanager` is needed")
    }
}

fn succeeded(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}
