//! The signal that ends the server.

use tokio::sync::watch;

/// Tells everybody that the server is to end. Clones give and get the same signal.
#[derive(Clone, Debug)]
pub(crate) struct Stopping {
    sender: watch::Sender<bool>,
}

impl Stopping {
    pub(crate) fn new() -> Self {
        let (sender, _) = watch::channel(false);
        Self { sender }
    }

    /// Gives the signal; doing it again changes nothing.
    pub(crate) fn stop(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it was given.
    pub(crate) fn is_stopped(&self) -> bool {
        *self.sender.borrow()
    }

    /// Ready once it was given.
    ///
    /// # Cancel safety
    /// It may be dropped and asked again at any time.
    pub(crate) async fn stopped(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = receiver.wait_for(|stopped| *stopped).await;
    }
}
