//! A running server for the verbs that ask one, on the database of the test's directory.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value as Json;

use crate::support::{Run, Workdir};

/// A server of a directory's `app.db`; it ends with the value.
pub(crate) struct Service {
    child: Child,
    pub(crate) url: String,
    pub(crate) key: String,
}

impl Service {
    /// Starts it. The database must not have a key yet.
    pub(crate) fn of(dir: &Workdir) -> Self {
        let serve = [
            "serve",
            "--db",
            "app.db",
            "--listen",
            "127.0.0.1:0",
            "--json",
        ];
        let mut command = dir.command(serve);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let facts = lines.map(|line| serde_json::from_str::<Json>(&line.unwrap()).unwrap());
        let fact = facts.into_iter().find(|fact| fact["url"].is_string());
        let fact = fact.unwrap();
        Self {
            child,
            url: fact["url"].as_str().unwrap().to_owned(),
            key: fact["admin_key"].as_str().unwrap().to_owned(),
        }
    }

    /// Runs a verb that asks it.
    pub(crate) fn run(&self, dir: &Workdir, args: &[&str]) -> Run {
        let mut command = dir.command(args);
        command.args(["--server", &self.url]);
        command.env("TIDEGATE_KEY", &self.key);
        Run::of(command.output().unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a verb on the database file itself.
pub(crate) fn on_file(dir: &Workdir, args: &[&str]) -> Run {
    let args = args.iter().copied().chain(["--db", "app.db"]);
    dir.run(args.collect::<Vec<_>>())
}
