//! What Alertmanager tells of itself.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::http::{Context, Json};
use crate::problem::Problem;
use crate::wire::WireTime;

/// The version of Alertmanager whose API this is: amtool compares it with its own.
const API_OF: &str = "0.25.0";

/// What Alertmanager tells of itself.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertmanagerStatus {
    /// There is none.
    cluster: Cluster,
    /// Whose API this is, and what answers.
    version_info: VersionInfo,
    /// There is no configuration in Alertmanager's form.
    config: Original,
    /// Since when it runs.
    #[schema(value_type = String, format = DateTime)]
    uptime: WireTime,
}

/// Servers that work together.
#[derive(Serialize, ToSchema)]
struct Cluster {
    /// `disabled`.
    status: &'static str,
    /// None.
    peers: [String; 0],
}

/// Whose API this is, and what answers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VersionInfo {
    /// The version of Alertmanager whose API this is.
    version: &'static str,
    /// The version of Tidegate.
    revision: &'static str,
    /// `tidegate`.
    branch: &'static str,
    /// Empty.
    build_user: &'static str,
    /// Empty.
    build_date: &'static str,
    /// Empty: it is not written in Go.
    go_version: &'static str,
}

/// A configuration.
#[derive(Serialize, ToSchema)]
struct Original {
    /// Its text.
    original: &'static str,
}

/// What Alertmanager tells of itself.
#[utoipa::path(
    get, path = "/api/v2/status", tag = "alertmanager", responses((status = 200, body = AlertmanagerStatus))
)]
pub(super) async fn status(context: Context) -> Result<Json<AlertmanagerStatus>, Problem> {
    let up_for = context.app.started.elapsed();
    Ok(Json(AlertmanagerStatus {
        cluster: Cluster {
            status: "disabled",
            peers: [],
        },
        version_info: VersionInfo {
            version: API_OF,
            revision: env!("CARGO_PKG_VERSION"),
            branch: "tidegate",
            build_user: "",
            build_date: "",
            go_version: "",
        },
        config: Original { original: "" },
        uptime: clock::now().saturating_sub(up_for).into(),
    }))
}
