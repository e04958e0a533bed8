//! One round of the dispatcher: what is due is claimed, and set on its way.

use std::time::{Duration, Instant};

use tidegate_exec::{Permit, Tried};
use tidegate_stores::notify::{self, Delivery, Retry, Target};
use tidegate_stores::{Result, Timestamp};

use super::compose::{message, place};
use crate::app::App;
use crate::clock;
use crate::operation::Class;

/// How long a round waits at most: another process may have something to tell.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How much longer than the timeout of its attempt a claim lasts, so that its outcome can be written.
const LEASE_BEYOND_TIMEOUT: Duration = Duration::from_secs(30);
/// How often an outcome is written again that the database did not take: what was sent must not be sent again.
const OUTCOME_TRIES: u32 = 5;

/// Sets on its way what is due, and waits until there may be more.
///
/// # Cancel safety
/// Dropping the future leaves what is on its way alone. What was claimed and not begun is claimed again after its lease.
pub(crate) async fn dispatch(app: &App) -> Result<()> {
    let due = read(app, "notify.due", |tx| {
        notify::due_targets(tx, clock::now())
    })
    .await?;
    let mut is_one_left_alone = false;
    for name in due {
        is_one_left_alone |= send_due(app, name).await? == Sent::LeftAlone;
    }
    let next = read(app, "notify.next", |tx| notify::next_due(tx, clock::now())).await?;
    let wait = match next {
        Some(at) if !is_one_left_alone => until(at).min(LOOK_EVERY),
        _ => LOOK_EVERY,
    };
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = app.dispatcher.errands.one_has_ended() => {}
    }
    Ok(())
}

/// How long it is until then; a moment if it is past, so that a target without room is not asked without end.
fn until(at: Timestamp) -> Duration {
    let micros = at.as_micros().saturating_sub(clock::now().as_micros());
    let micros = u64::try_from(micros).unwrap_or(0);
    Duration::from_micros(micros).max(Duration::from_millis(20))
}

/// Why no more of a target's messages were claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    /// There are no more now, or there is no room for them.
    All,
    /// It keeps failing, and is left alone for a while.
    LeftAlone,
}

/// Claims what is due for one target, one message after the other, as long as its breaker lets calls through.
async fn send_due(app: &App, name: String) -> Result<Sent> {
    while let Ok(permit) = app.breakers.admit(&name, Instant::now()) {
        let Some((target, delivery)) = claim(app, name.clone()).await? else {
            return Ok(Sent::All);
        };
        let carrier = app.clone();
        let errand = async move { carry(&carrier, &target, &delivery, permit).await };
        app.dispatcher.errands.begin(errand);
    }
    Ok(Sent::LeftAlone)
}

async fn claim(app: &App, name: String) -> Result<Option<(Target, Delivery)>> {
    let deadline = Class::Background.deadline();
    app.write("notify.claim", Class::Background, deadline, move |tx| {
        let target = notify::target(tx, &name)?;
        let lease = target.timeout + LEASE_BEYOND_TIMEOUT;
        let claimed = notify::claim(tx, clock::now(), &name, 1, lease)?;
        Ok(claimed
            .into_iter()
            .next()
            .map(|delivery| (target, delivery)))
    })
    .await
}

/// Makes one attempt, and writes down how it ended.
async fn carry(app: &App, target: &Target, delivery: &Delivery, permit: Permit) {
    let begun = Instant::now();
    let message = message(delivery, &app.external_url());
    let attempt = match place(target) {
        Ok(place) => {
            let courier = &app.dispatcher.courier;
            let delivered = courier.deliver(&place, &message, target.timeout).await;
            delivered.map(drop).map_err(|failure| Attempt {
                retry: retry(app, delivery, failure.is_permanent(), failure.retry_after()),
                is_targets_fault: !failure.is_permanent(),
                error: failure.to_string(),
            })
        }
        Err(error) => Err(Attempt {
            retry: Retry::Never,
            is_targets_fault: false,
            error,
        }),
    };
    match &attempt {
        Ok(()) => permit.success(Instant::now()),
        Err(failed) if failed.is_targets_fault => permit.failure(Instant::now()),
        Err(_) => drop(permit),
    }
    if let Err(failed) = &attempt {
        let (target, error) = (&*delivery.target, &*failed.error);
        tracing::warn!(
            target,
            error,
            attempt = delivery.attempt,
            "a notification failed"
        );
    }
    write_down(app, delivery, begun.elapsed(), attempt).await;
}

/// How an attempt failed.
struct Attempt {
    error: String,
    retry: Retry,
    /// Whether the breaker counts it: the message, or its settings, are not what is wrong.
    is_targets_fault: bool,
}

fn retry(
    app: &App,
    delivery: &Delivery,
    is_permanent: bool,
    retry_after: Option<Duration>,
) -> Retry {
    let tried = Tried {
        attempts: delivery.attempt,
        retry_after,
        ..Tried::default()
    };
    match app.dispatcher.backoff.next_delay(tried, fastrand::f64()) {
        Ok(delay) if !is_permanent => Retry::After(delay),
        _ => Retry::Never,
    }
}

async fn write_down(
    app: &App,
    delivery: &Delivery,
    latency: Duration,
    attempt: std::result::Result<(), Attempt>,
) {
    let receipt = delivery.receipt();
    let (error, retry) = match attempt {
        Ok(()) => (None, Retry::Never),
        Err(failed) => (Some(failed.error), failed.retry),
    };
    for tries in 1..=OUTCOME_TRIES {
        let error = error.clone();
        let deadline = Class::Background.deadline();
        let written =
            app.write(
                "notify.outcome",
                Class::Background,
                deadline,
                move |tx| match &error {
                    None => notify::sent(tx, clock::now(), receipt, latency),
                    Some(error) => notify::failed(tx, clock::now(), receipt, latency, error, retry),
                },
            );
        match written.await {
            Ok(()) => return,
            Err(error) if error.database().is_none() || tries == OUTCOME_TRIES => {
                return tracing::error!(%error, "the outcome of a notification was not written");
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(200) * tries).await,
        }
    }
}

async fn read<R: Send + 'static>(
    app: &App,
    name: &'static str,
    work: impl FnOnce(&mut tidegate::ReadTx<'_>) -> Result<R> + Send + 'static,
) -> Result<R> {
    let deadline = Class::Background.deadline();
    app.read(name, Class::Background, deadline, work).await
}
