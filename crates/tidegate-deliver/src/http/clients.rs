//! The HTTP clients: no proxy, no redirect, no connection kept, and addresses checked.

use std::path::Path;
use std::sync::Arc;

use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::ClientConfig;

use super::resolver::PublicOnly;
use crate::failure::{Failure, FailureKind};
use crate::trust;

/// One client for each way of looking at addresses.
#[derive(Clone)]
pub(crate) struct Clients {
    public_only: Client,
    anywhere: Client,
}

impl Clients {
    pub(crate) fn new() -> Result<Self, Failure> {
        let tls = trust::client(None)?;
        Ok(Self {
            public_only: client(tls.clone(), false)?,
            anywhere: client(tls, true)?,
        })
    }

    /// The client for a target. With authorities of its own it is made anew, so that their file may change.
    pub(crate) async fn get(
        &self,
        allow_private: bool,
        ca_file: Option<&Path>,
    ) -> Result<Client, Failure> {
        match ca_file {
            Some(path) => {
                let pem = trust::pem(path).await?;
                client(trust::client(Some(&pem))?, allow_private)
            }
            None if allow_private => Ok(self.anywhere.clone()),
            None => Ok(self.public_only.clone()),
        }
    }
}

fn client(tls: ClientConfig, allow_private: bool) -> Result<Client, Failure> {
    let mut builder = Client::builder()
        .user_agent(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        // A connection kept would also keep the address that was checked once.
        .pool_max_idle_per_host(0);
    if !allow_private {
        builder = builder.dns_resolver(Arc::new(PublicOnly));
    }
    let built = builder.build();
    built.map_err(|error| Failure::because(FailureKind::Connect, "no HTTP client", &error))
}
