//! What needs somebody's attention: rules over metrics, alerts by hand and from outside, and what becomes of them.
//!
//! A **rule** compares a number of each series of a metric; where its condition holds for long enough, an **alert** fires.
//! Everything stands in the database, so that each process sees the same:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tidegate::Database;
//! use tidegate_stores::alerts::{self, Action, Comparison, Filter, Rule, Severity, State};
//! use tidegate_stores::metrics::{self, Sample, Series};
//! use tidegate_stores::{Labels, Timestamp, schema};
//!
//! let db = Database::open_in_memory().await?;
//! db.migrate(&schema::migrations()).await?;
//! let now = Timestamp::parse("2026-03-01T12:00:00Z")?;
//!
//! let rule = Rule::new("queue_long", "queue_length", Comparison::Above, 100.0, Severity::Warning);
//! db.write(move |tx| Ok(alerts::set_rules(tx, now, "config", vec![rule])?)).await?;
//!
//! let series = Series::new("queue_length", Labels::new([("queue", "mail")])?)?;
//! let samples = [Sample::new(series, 250.0, now)];
//! db.write(move |tx| Ok(metrics::record_many(tx, now, &samples)?)).await?;
//!
//! let evaluation = db.write(move |tx| Ok(alerts::evaluate_step(tx, now)?)).await?;
//! assert_eq!(evaluation.fired, 1);
//!
//! let page = db.read(|tx| Ok(alerts::active(tx, &Filter::default(), None, 10)?)).await?;
//! let alert = &page.items[0];
//! assert_eq!((&*alert.name, alert.labels.get("queue")), ("queue_long", Some("mail")));
//!
//! let (id, action) = (alert.id, Action::new("ada", "I am on it"));
//! let alert = db.write(move |tx| Ok(alerts::acknowledge(tx, now, id, &action)?)).await?;
//! assert_eq!(alert.state, State::Acknowledged);
//! # Ok(())
//! # }
//! ```
//!
//! # Identity and states
//! Alerts of the same name and labels have the same fingerprint; how urgent they are does not count. At most one of a
//! fingerprint is active:
//!
//! ```text
//! pending ──▶ firing ──▶ acknowledged ──▶ resolved
//!                │  ▲          │
//!                ▼  │          ▼
//!             suppressed ◀─────┘
//! ```
//!
//! A pending alert waits until its condition has held for as long as its rule asks. A suppressed one fires again when its
//! time is up. Each active one can be resolved; resolved is the end, and a new breach opens a new alert. Every transition is
//! kept with who, when and why ([`story`]), and numbered without gaps for whoever follows ([`transitions_after`]). Two who
//! do the same thing at once do not both succeed: the second is told the state that was found.
//!
//! # Who calls what
//! [`evaluate_step`] evaluates the rules. Where many series are looked at, let a reader [`plan`], and [`apply`] a piece at a
//! time on the writer. [`escalate_step`] does what has become due, and [`retain_step`] forgets what is long over. Call
//! them as often as you like: what was missed is done once, and a clock that jumps does no lasting harm. [`explain`] says
//! why a rule has alerts, or none.
//!
//! # Telling people
//! What concerns people is announced to [`notify`](crate::notify) in the same transaction. Nobody is told of an alert that
//! is acknowledged, suppressed, silenced ([`silence()`]) or inhibited ([`set_inhibitions`]).

mod alert;
mod apply;
mod builtin;
mod comparison;
mod cooling;
mod due;
mod escalation;
mod explain;
mod filter;
mod in_json;
mod ingest;
mod inhibition;
mod lists;
mod machine;
mod marks;
mod matched;
mod muting;
mod named;
mod no_data;
mod observe;
mod occurring;
mod operate;
mod origin;
mod plan;
mod rate;
mod record;
mod remute;
mod resolving;
mod retention;
mod rule;
mod rules;
pub(crate) mod schema;
mod settings;
mod silence;
mod state;
mod stored_rule;
mod story;
mod summary;
mod template;
mod texts;
mod transition;
mod trigger;
mod words;
mod writer;
mod written;

pub use alert::Alert;
pub use apply::{Evaluation, RULE_ALERTS_MAX, apply, evaluate_step};
pub use builtin::builtin_rules;
pub use comparison::Comparison;
pub use due::escalate_step;
pub use escalation::{ESCALATION_STEPS_MAX, ESCALATION_TARGETS_MAX, Escalation};
pub use explain::{EXPLAINED_MAX, Explained, Explanation, explain};
pub use filter::Filter;
pub use ingest::{Ingested, PUSHED_MAX, Pushed, ingest};
pub use inhibition::{INHIBITIONS_MAX, Inhibition, inhibitions, set_inhibitions};
pub use lists::{SCANNED_MAX, active, active_of, get, history};
pub use no_data::NoData;
pub use operate::{Action, acknowledge, resolve, suppress};
pub use origin::Origin;
pub use plan::{Plan, plan};
pub use rate::{Drops, dropped, drops};
pub use retention::retain_step;
pub use rule::{RULE_DURATION_MAX, RULE_LABELS_MAX, RULE_WINDOW_MIN, Rule};
pub use rules::{RULES_MAX, RulesChanged, delete_rule, put_rule, rule, rules, set_rules};
pub use settings::{RATE_OCCURRENCES_MAX, Settings, set_settings, settings};
pub use silence::{
    NewSilence, SILENCES_MAX, Silence, SilenceStatus, expire_silence, get_silence, silence,
    silences,
};
pub use state::State;
pub use stored_rule::StoredRule;
pub use story::{STORY_TRANSITIONS_MAX, Story, story};
pub use summary::{HourCount, SUMMARY_WINDOW_MAX, Summary, summary};
pub use texts::{
    ANNOTATION_BYTES_MAX, ANNOTATIONS_MAX, NAME_BYTES_MAX, URL_BYTES_MAX, WHO_BYTES_MAX,
    WHY_BYTES_MAX,
};
pub use transition::{
    TAIL_TRANSITIONS_MAX, Transition, TransitionKind, TransitionTail, last_transition,
    transitions_after,
};
pub use trigger::{Trigger, Triggered, trigger};

pub use crate::notify::Severity;
