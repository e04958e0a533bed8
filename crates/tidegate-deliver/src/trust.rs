//! Which certificates are trusted: the public authorities, or those of a file.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::failure::{Failure, FailureKind};

/// The longest file of authorities, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Checks the setting `ca_file`.
pub(crate) fn check(ca_file: Option<&Path>) -> Result<(), Failure> {
    match ca_file {
        Some(path) if !path.is_absolute() => Err(Failure::config("ca_file", "is no absolute path")),
        _ => Ok(()),
    }
}

/// The text of the file of authorities, read on Tokio's threads for blocking work.
pub(crate) async fn pem(ca_file: &Path) -> Result<Vec<u8>, Failure> {
    let path = PathBuf::from(ca_file);
    let read = tokio::task::spawn_blocking(move || read(&path)).await;
    let read = read.map_err(|error| failure(&error))?;
    read.map_err(|error| failure(&error))
}

/// How to speak TLS, and whom to believe: those of `pem` if there is one, otherwise the public authorities.
pub(crate) fn client(pem: Option<&[u8]>) -> Result<ClientConfig, Failure> {
    let mut roots = RootCertStore::empty();
    match pem {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| failure(&error))?;
                roots.add(certificate).map_err(|error| failure(&error))?;
            }
        }
    }
    if roots.is_empty() {
        return Err(Failure::config("ca_file", "holds no certificate"));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| failure(&error))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    let mut pem = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(MAX_FILE).read_to_end(&mut pem)?;
    Ok(pem)
}

fn failure(cause: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::because(FailureKind::Tls, "the certificates of `ca_file`", cause)
}
