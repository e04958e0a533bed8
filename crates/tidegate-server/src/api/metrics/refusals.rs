//! What was not stored, and why.

use serde::Serialize;
use tidegate_stores::metrics;
use utoipa::ToSchema;

use crate::http::{Context, Json};
use crate::problem::Problem;
use crate::wire::WireTime;

/// Samples refused so far.
#[derive(Serialize, ToSchema)]
pub(super) struct Refusals {
    /// By reason; reasons that never occurred are left out.
    items: Vec<RefusalCount>,
}

/// Samples refused for one reason.
#[derive(Serialize, ToSchema)]
struct RefusalCount {
    /// The reason: `not_finite`, `future`, `too_old` or `too_many_series`.
    code: &'static str,
    /// The same in words.
    reason: String,
    /// How many.
    count: u64,
    /// When the last of them was refused.
    #[schema(value_type = String, format = DateTime)]
    last_at: WireTime,
}

/// The samples refused so far, by reason.
#[utoipa::path(
    get, path = "/api/v1/metrics/refusals", tag = "metrics", responses((status = 200, body = Refusals))
)]
pub(super) async fn refusals(context: Context) -> Result<Json<Refusals>, Problem> {
    let found = context.read("metrics.refusals", metrics::refusals).await?;
    let items = found.into_iter().map(|found| RefusalCount {
        code: found.reason.as_str(),
        reason: found.reason.to_string(),
        count: found.count,
        last_at: found.last_at.into(),
    });
    Ok(Json(Refusals {
        items: items.collect(),
    }))
}
