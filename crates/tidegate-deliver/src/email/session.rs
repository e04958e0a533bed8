//! One session with a mail server.

use std::error::Error as StdError;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::wire::{LineByLine, TooMuch};
use super::{Email, Encryption};
use crate::failure::{Failure, FailureKind, find};
use crate::told::Told;
use crate::trust;

#[cfg(test)]
mod tests;

/// How long the server has to say goodbye, after it has taken the mail.
const GOODBYE: Duration = Duration::from_secs(1);

/// Hands `mail` over, and returns what the server said to it.
pub(super) async fn send(email: &Email, mail: &lettre::Message) -> Result<String, Failure> {
    let mut told = Told::default();
    let mut connection = connect(email).await?;
    log_in(email, &mut connection, &mut told).await?;
    let accepted = hand_over(&mut connection, mail).await;
    let accepted = accepted.map_err(|(step, error)| failure(&step, &error, &told))?;
    // The mail is the server's now, whatever becomes of the goodbye: it must not make the delivery late.
    tokio::spawn(async move { tokio::time::timeout(GOODBYE, connection.quit()).await });
    let text = accepted.message().collect::<Vec<_>>().join(" ");
    Ok(told.excerpt(&format!("{} {text}", accepted.code())))
}

/// Connects and, unless it is to be plain, encrypts.
async fn connect(email: &Email) -> Result<AsyncSmtpConnection, Failure> {
    let pem = match &email.ca_file {
        Some(path) => Some(trust::pem(path).await?),
        None => None,
    };
    let stream = TcpStream::connect((email.host.as_str(), email.port())).await;
    let stream = stream.map_err(|error| broken("connecting", &error))?;
    let peer = stream
        .peer_addr()
        .map_err(|error| broken("connecting", &error))?;
    match email.tls {
        Encryption::Never => {
            require_loopback(email, peer.ip())?;
            greet(email, Box::new(LineByLine::new(stream, peer))).await
        }
        Encryption::Starttls => {
            let mut plain = greet(email, Box::new(LineByLine::new(stream, peer))).await?;
            start_tls(email, &mut plain, pem.as_deref()).await?;
            Ok(plain)
        }
        Encryption::FromTheStart => {
            let name = ServerName::try_from(email.host.clone());
            let name = name.map_err(|_| Failure::config("host", "is no host's name or address"))?;
            let connector = TlsConnector::from(Arc::new(trust::client(pem.as_deref())?));
            let stream = connector.connect(name, stream).await;
            let stream = stream.map_err(|error| failure_of("the TLS handshake", &error))?;
            greet(email, Box::new(LineByLine::new(stream, peer))).await
        }
    }
}

fn require_loopback(email: &Email, peer: IpAddr) -> Result<(), Failure> {
    if email.allow_plaintext || peer.to_canonical().is_loopback() {
        return Ok(());
    }
    let message = format!(
        "{peer} is not this machine, and without TLS that is not allowed unless `allow_plaintext` is set"
    );
    Err(Failure::new(FailureKind::AddressRefused, message))
}

async fn greet(
    email: &Email,
    stream: Box<dyn AsyncTokioStream>,
) -> Result<AsyncSmtpConnection, Failure> {
    let hello = hello(email);
    let greeted = AsyncSmtpConnection::connect_with_transport(stream, &hello).await;
    greeted.map_err(|error| failure("the greeting", &error, &Told::default()))
}

fn hello(email: &Email) -> ClientId {
    match &email.hello_name {
        None => ClientId::default(),
        Some(name) => match name.parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(name.clone()),
        },
    }
}

async fn start_tls(
    email: &Email,
    connection: &mut AsyncSmtpConnection,
    pem: Option<&[u8]>,
) -> Result<(), Failure> {
    if !connection.can_starttls() {
        let message = "the server offers no STARTTLS";
        return Err(Failure::new(FailureKind::Tls, message));
    }
    let nothing = Told::default();
    let wrong = |error| failure("STARTTLS", &error, &nothing);
    let parameters = parameters(&email.host, pem).map_err(wrong)?;
    let started = connection.starttls(parameters, &hello(email)).await;
    started.map_err(wrong)
}

fn parameters(host: &str, pem: Option<&[u8]>) -> Result<TlsParameters, smtp::Error> {
    let builder = TlsParameters::builder(host.to_owned());
    let builder = match pem {
        None => builder.certificate_store(CertificateStore::WebpkiRoots),
        Some(pem) => builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem)?),
    };
    builder.build_rustls()
}

async fn log_in(
    email: &Email,
    connection: &mut AsyncSmtpConnection,
    told: &mut Told,
) -> Result<(), Failure> {
    let (Some(name), Some(password)) = (&email.username, &email.password) else {
        return Ok(());
    };
    let password = password.fetch().await?;
    told.secret(&password);
    told.secret(&format!("\0{name}\0{}", *password));
    let credentials = Credentials::new(name.clone(), password.to_string());
    let mechanisms = [Mechanism::Plain, Mechanism::Login];
    let accepted = connection.auth(&mechanisms, &credentials).await;
    accepted.map_err(|error| failure("logging in", &error, told))?;
    Ok(())
}

/// The mail's transaction; where it fails, at which step.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    mail: &lettre::Message,
) -> Result<Response, (String, smtp::Error)> {
    let envelope = mail.envelope();
    let begun = Mail::new(envelope.from().cloned(), Vec::new());
    let begun = connection.command(begun).await;
    begun.map_err(|error| ("the sender".to_owned(), error))?;
    for to in envelope.to() {
        let accepted = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        accepted.map_err(|error| (format!("the recipient {to}"), error))?;
    }
    let ready = connection.command(Data).await;
    ready.map_err(|error| ("the mail".to_owned(), error))?;
    let taken = connection.message(&mail.formatted()).await;
    taken.map_err(|error| ("the mail".to_owned(), error))
}

/// What lettre's error at `step` means. All that the server said goes through `told`.
fn failure(step: &str, error: &smtp::Error, told: &Told) -> Failure {
    let code = error
        .status()
        .and_then(|code| code.to_string().parse().ok());
    if let Some(code) = code {
        let kind = if error.is_permanent() {
            FailureKind::SmtpPermanent
        } else {
            FailureKind::SmtpTransient
        };
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        let message = format!("{step}: answered {code} {}", told.excerpt(&said));
        return Failure::new(kind, message.trim_end().to_owned()).with_code(code);
    }
    let kind = kind(error);
    let said = told.excerpt(&error.to_string());
    Failure::new(kind, format!("{step}: {said}"))
}

fn failure_of(step: &str, error: &io::Error) -> Failure {
    Failure::because(kind(error), step, error)
}

fn broken(step: &str, error: &io::Error) -> Failure {
    Failure::because(FailureKind::Connect, step, error)
}

fn kind(error: &(dyn StdError + 'static)) -> FailureKind {
    if find::<rustls::Error>(error).is_some() {
        return FailureKind::Tls;
    }
    let nonsense = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
    match find::<io::Error>(error) {
        Some(error) if !nonsense(error) && find::<TooMuch>(error).is_none() => FailureKind::Connect,
        _ => FailureKind::BadAnswer,
    }
}
