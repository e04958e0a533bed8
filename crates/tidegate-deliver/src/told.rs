//! What a receiver was told in confidence, so that its answer is not shown when it repeats that.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use url::Url;
use zeroize::Zeroizing;

use crate::escape;

#[cfg(test)]
mod tests;

/// How much of an answer is shown; counted in characters.
const MAX_EXCERPT_CHARS: usize = 200;

/// Parts of an address shorter than this are names of things, not secrets.
const MIN_PART_CHARS: usize = 6;

/// The secrets that a receiver was told in this delivery.
#[derive(Default)]
pub(crate) struct Told {
    secrets: Vec<Zeroizing<String>>,
}

impl Told {
    /// Remembers `secret`, as it is and in base64.
    pub(crate) fn secret(&mut self, secret: &str) {
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(secret));
        for form in [secret, &encoded] {
            let form = squeezed(form);
            if !form.is_empty() {
                self.secrets.push(form);
            }
        }
    }

    /// Remembers the parts of a secret address.
    pub(crate) fn address(&mut self, url: &Url) {
        let query = url.query_pairs().map(|(_, value)| value.into_owned());
        let path = url.path_segments().into_iter().flatten();
        let path: Vec<String> = path.map(str::to_owned).chain(query).collect();
        let long = path
            .iter()
            .filter(|part| squeezed(part).len() >= MIN_PART_CHARS);
        long.for_each(|part| self.secret(part));
        let login = [url.username(), url.password().unwrap_or_default()];
        login.into_iter().for_each(|part| self.secret(part));
    }

    /// The beginning of an answer, as one harmless line; nothing of it if it repeats a secret.
    pub(crate) fn excerpt(&self, answer: &str) -> String {
        let plain = squeezed(answer);
        if self.secrets.iter().any(|secret| plain.contains(&**secret)) {
            return "(not shown: it repeats a secret)".to_owned();
        }
        escape::cut(&escape::line(answer.trim()), MAX_EXCERPT_CHARS)
    }
}

/// Letters and digits only: what is left when a text has been quoted, escaped or broken into lines.
fn squeezed(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().filter(|c| c.is_alphanumeric()).collect())
}
