//! The servers that are killed, each with the same routing.

use std::path::PathBuf;

use bench_harness::Result;

use crate::alertmanager::Alertmanager;
use crate::receiver::Receiver;
use crate::stage::Stage;
use crate::tidegate::Tidegate;
use crate::wire::Endpoint;

/// How long a group waits for others before it is told for the first time.
const GROUP_WAIT: &str = "5s";

/// A server with a name.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    server: Server,
}

#[derive(Debug)]
enum Server {
    Tidegate(Tidegate),
    Alertmanager(Alertmanager),
    /// Killed: what it left behind, where it was, and with which flags Alertmanager ran.
    Dead(PathBuf, Endpoint, Option<&'static [&'static str]>),
}

/// Starts every server.
pub(crate) async fn start_all(stage: &Stage, receiver: &Receiver) -> Result<Vec<Subject>> {
    let mut subjects = Vec::new();
    let (name, title) = ("tidegate", "Tidegate");
    let (directory, toml) = (stage.fresh(name)?, toml(&receiver.url(name)));
    let server = Server::Tidegate(Tidegate::start(directory, &toml).await?);
    subjects.push(Subject {
        name,
        title,
        server,
    });
    for (name, title, flags) in [
        ("alertmanager", "Alertmanager", [].as_slice()),
        (
            "alertmanager-1s",
            "Alertmanager, `--data.maintenance-interval=1s`",
            &["--data.maintenance-interval=1s"],
        ),
    ] {
        let (directory, yaml) = (stage.fresh(name)?, yaml(&receiver.url(name)));
        let started = Alertmanager::start(directory, &yaml, flags).await?;
        let server = Server::Alertmanager(started);
        subjects.push(Subject {
            name,
            title,
            server,
        });
    }
    Ok(subjects)
}

/// `kill -9` for every server, one right after the other.
pub(crate) async fn kill_all(subjects: &mut Vec<Subject>) -> Result<()> {
    let mut dead = Vec::new();
    for subject in std::mem::take(subjects) {
        dead.push(subject.kill().await?);
    }
    *subjects = dead;
    Ok(())
}

impl Subject {
    pub(crate) fn endpoint(&self) -> Endpoint {
        match &self.server {
            Server::Tidegate(server) => server.endpoint.clone(),
            Server::Alertmanager(server) => server.endpoint.clone(),
            Server::Dead(_, endpoint, _) => endpoint.clone(),
        }
    }

    async fn kill(self) -> Result<Self> {
        let server = match self.server {
            Server::Tidegate(server) => {
                let (directory, endpoint) = server.kill().await?;
                Server::Dead(directory, endpoint, None)
            }
            Server::Alertmanager(server) => {
                let (directory, flags, endpoint) = server.kill().await?;
                Server::Dead(directory, endpoint, Some(flags))
            }
            dead @ Server::Dead(..) => dead,
        };
        Ok(Self { server, ..self })
    }

    /// Starts a killed server on what it left behind; not waited for until it answers.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        let Server::Dead(directory, endpoint, flags) = &self.server else {
            return Err(format!("{} still runs", self.title).into());
        };
        let (directory, endpoint) = (directory.clone(), endpoint.clone());
        self.server = match flags {
            None => Server::Tidegate(Tidegate::spawn(directory, endpoint)?),
            Some(flags) => Server::Alertmanager(Alertmanager::spawn(directory, flags, endpoint)?),
        };
        Ok(())
    }
}

fn toml(url: &str) -> String {
    format!(
        "[[target]]\nname = \"bench\"\nwebhook = {{ url = \"{url}\", allow_private = true }}\n\
         [default_route]\ntargets = [\"bench\"]\ngroup_by = [\"alertname\"]\ngroup_wait = \"{GROUP_WAIT}\"\n\
         group_interval = \"5m\"\nrepeat_interval = \"4h\"\n"
    )
}

fn yaml(url: &str) -> String {
    format!(
        "route:\n  receiver: bench\n  group_by: [alertname]\n  group_wait: {GROUP_WAIT}\n  group_interval: 5m\n  \
         repeat_interval: 4h\nreceivers:\n- name: bench\n  webhook_configs:\n  - url: {url}\n"
    )
}
