//! Alerts that somebody triggers.

use serde_json::{Value as Json, json};
use tidegate::Tx;
use tidegate_stores::alerts::{self, Severity, Trigger};
use tidegate_stores::notify::TEST_ALERT;
use tidegate_stores::{JsonText, Labels};

use super::wire_form::alert;
use crate::clock;
use crate::failure::{Failure, Result};
use crate::place::stores::Stores;
use crate::place::{Place, wire};

/// An alert to be triggered.
#[derive(Clone, Debug)]
pub(crate) struct ToTrigger {
    pub(crate) name: String,
    pub(crate) severity: String,
    pub(crate) message: String,
    pub(crate) details: Option<String>,
    pub(crate) labels: Vec<(String, String)>,
    /// A server takes the name of the key instead.
    pub(crate) who: String,
}

impl Place<'_> {
    /// Triggers an alert; gives it as it is then.
    pub(crate) async fn trigger(&self, wanted: &ToTrigger) -> Result<Json> {
        let trigger = wanted.parsed()?;
        match self {
            Self::Server(client) => client.post(&["alerts"], &body(&trigger)).await,
            Self::File(stores) => in_file(stores, trigger).await,
        }
    }

    /// Triggers an alert that says that it is a test.
    pub(crate) async fn test_alert(&self, who: &str) -> Result<Json> {
        let stores = match self {
            Self::Server(client) => return client.post(&["alerts", "test"], &json!({})).await,
            Self::File(stores) => stores,
        };
        let message = "This is a test: nothing is wrong, and alerts arrive.";
        in_file(
            stores,
            Trigger::new(TEST_ALERT, Severity::Info, message, who),
        )
        .await
    }
}

impl ToTrigger {
    fn parsed(&self) -> Result<Trigger> {
        let severity: Severity = self.severity.parse()?;
        let (name, message) = (self.name.as_str(), self.message.as_str());
        let mut trigger = Trigger::new(name, severity, message, self.who.as_str());
        let details = self.details.as_deref();
        trigger.details = details
            .map(|text| JsonText::parse("details", text))
            .transpose()?;
        let labels = self.labels.iter();
        trigger.labels = Labels::new(labels.map(|(name, value)| (name, value)))?;
        Ok(trigger)
    }
}

async fn in_file(stores: &Stores<'_>, trigger: Trigger) -> Result<Json> {
    let now = clock::now();
    let act = move |tx: &mut Tx<'_>| match alerts::trigger(tx, now, trigger)?.alert() {
        Some(id) => {
            let found = alerts::get(tx, id)?;
            alert(tx, &found).map(Some)
        }
        None => Ok(None),
    };
    stores.write(act).await?.ok_or_else(|| {
        let message = "there were too many of this alert lately; it was counted, nothing else";
        Failure::answered("alert_rate_limited", message)
    })
}

fn body(trigger: &Trigger) -> Json {
    wire::without_nulls(json!({
        "name": trigger.name,
        "severity": trigger.severity.as_str(),
        "message": trigger.message,
        "details": trigger.details.as_ref().map(wire::document),
        "labels": wire::labels(&trigger.labels),
    }))
}
