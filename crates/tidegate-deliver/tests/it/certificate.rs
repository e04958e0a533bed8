//! A certificate for servers on this machine, made anew for each test.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use super::support::Home;

/// A certificate for `localhost` and 127.0.0.1, with its key and its authority.
pub(crate) struct Certificate {
    home: Home,
    key: KeyPair,
    certificate: rcgen::Certificate,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = authority.self_signed(&authority_key).unwrap();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let names = ["localhost", "127.0.0.1"].map(str::to_owned).to_vec();
        let certificate = CertificateParams::new(names).unwrap();
        let certificate = certificate.signed_by(&key, &issuer).unwrap();
        let home = Home::new();
        fs::write(home.path("authority.pem"), own.pem()).unwrap();
        fs::write(home.path("certificate.pem"), certificate.pem()).unwrap();
        fs::write(home.path("key.pem"), key.serialize_pem()).unwrap();
        Self {
            home,
            key,
            certificate,
        }
    }

    /// The file of the authority that has signed it.
    pub(crate) fn authority(&self) -> PathBuf {
        self.home.path("authority.pem")
    }

    /// The files of the certificate and of its key.
    pub(crate) fn files(&self) -> [PathBuf; 2] {
        ["certificate.pem", "key.pem"].map(|name| self.home.path(name))
    }

    /// The server's side of TLS.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth();
        let config = config.with_single_cert(vec![self.certificate.der().clone()], key);
        TlsAcceptor::from(Arc::new(config.unwrap()))
    }
}
