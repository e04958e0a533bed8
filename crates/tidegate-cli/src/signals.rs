//! Ctrl-C: the first cancels what runs, the second ends the program at once.

use tidegate::CancelToken;
use tokio::sync::watch;

use crate::failure::{Failure, INTERRUPTED, Result};

/// Listens from here on; the receiver turns `true` with the first Ctrl-C, after which the token has been used.
pub(crate) fn listen(token: CancelToken) -> Result<watch::Receiver<bool>> {
    let mut signals =
        Signals::new().map_err(|error| Failure::io("cannot listen for Ctrl-C", &error))?;
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if signals.next().await.is_none() {
            return;
        }
        sender.send_replace(true);
        token.cancel();
        if signals.next().await.is_some() {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    Ok(receiver)
}

/// Registered as soon as it is made, so that no Ctrl-C is missed before its task runs.
#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::interrupt()).map(Self)
    }

    async fn next(&mut self) -> Option<()> {
        self.0.recv().await
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same call as on Unix, which can fail"
    )]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<()> {
        tokio::signal::ctrl_c().await.ok()
    }
}
