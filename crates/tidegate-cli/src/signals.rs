//! Ctrl-C: the first cancels what runs, the second ends the program at once.

use tidegate::CancelToken;
use tokio::sync::watch;

use crate::failure::INTERRUPTED;

/// Listens from here on; the receiver turns `true` with the first Ctrl-C, after which the token has been used.
pub(crate) fn listen(token: CancelToken) -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        sender.send_replace(true);
        token.cancel();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    receiver
}
