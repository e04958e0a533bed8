//! Ctrl-C and the request to end: the first cancels what runs, the second ends the program at once.

use tidegate::CancelToken;
use tokio::sync::watch;

use crate::failure::{Failure, INTERRUPTED, Result, TERMINATED};

/// Why the program is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Ctrl-C (SIGINT).
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Stop {
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => INTERRUPTED,
            Self::Terminate => TERMINATED,
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Interrupt => "stopped by Ctrl-C",
            Self::Terminate => "stopped by SIGTERM",
        }
    }
}

/// Tells whether, and why, the program is to stop.
pub(crate) type Stopping = watch::Receiver<Option<Stop>>;

/// Listens from here on; with the first signal, the token is used.
pub(crate) fn listen(token: CancelToken) -> Result<Stopping> {
    let mut signals =
        Signals::new().map_err(|error| Failure::io("cannot listen for Ctrl-C", &error))?;
    let (sender, receiver) = watch::channel(None);
    tokio::spawn(async move {
        let Some(stop) = signals.next().await else {
            return;
        };
        sender.send_replace(Some(stop));
        token.cancel();
        if let Some(stop) = signals.next().await {
            std::process::exit(i32::from(stop.exit_code()));
        }
    });
    Ok(receiver)
}

/// SIGHUP, by which a service is asked to read its configuration again.
pub(crate) struct Hangups {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    /// Listens from here on. Where that is not possible, none comes.
    pub(crate) fn listen() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

/// Registered as soon as it is made, so that no signal is missed before its task runs.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Option<Stop> {
        tokio::select! {
            signal = self.interrupt.recv() => signal.map(|()| Stop::Interrupt),
            signal = self.terminate.recv() => signal.map(|()| Stop::Terminate),
        }
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

    async fn next(&mut self) -> Option<Stop> {
        tokio::signal::ctrl_c().await.ok().map(|()| Stop::Interrupt)
    }
}
