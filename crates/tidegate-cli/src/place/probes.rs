//! Probes, which a running server has.

use serde_json::{Value as Json, json};

use super::Place;
use super::client::Client;
use super::query::Query;
use crate::failure::{Failure, Result};

impl Place<'_> {
    /// The probes with their last runs.
    pub(crate) async fn probes(&self) -> Result<Json> {
        self.server()?.get(&["probes"], Query::default()).await
    }

    /// Runs a probe now.
    pub(crate) async fn run_probe(&self, name: &str) -> Result<Json> {
        self.server()?
            .post(&["probes", name, "run"], &json!({}))
            .await
    }

    fn server(&self) -> Result<&Client<'_>> {
        match self {
            Self::Server(client) => Ok(client),
            Self::File(_) => Err(Failure::usage("probes are run by a server: give --server")),
        }
    }
}
