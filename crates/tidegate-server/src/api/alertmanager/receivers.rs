//! The receivers: our targets.

use super::alert::Receiver;
use crate::http::{Context, Json};
use crate::problem::Problem;
use tidegate_stores::notify;

/// The receivers by name.
#[utoipa::path(
    get, path = "/api/v2/receivers", tag = "alertmanager", responses((status = 200, body = Vec<Receiver>))
)]
pub(super) async fn receivers(context: Context) -> Result<Json<Vec<Receiver>>, Problem> {
    let targets = context.read("alertmanager.receivers", notify::targets);
    let receivers = targets.await?.into_iter().map(|target| Receiver {
        name: target.name.into(),
    });
    Ok(Json(receivers.collect()))
}
