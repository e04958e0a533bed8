//! Tests of where a sign-in may lead.

use super::own_path;

#[test]
fn a_sign_in_leads_to_pages_of_the_dashboard_only() {
    for path in [
        "/dashboard",
        "/dashboard/alerts",
        "/dashboard?x=1",
        "/dashboard/alerts?id=1",
    ] {
        assert_eq!(own_path(path), path);
    }
    for path in [
        "",
        "/",
        "//elsewhere",
        "https://elsewhere",
        "/dashboardx",
        "/dashboard/\\elsewhere",
        "/dashboard/a b",
        "/dashboard/a\r\nset-cookie: b",
        "/api/v1/events",
    ] {
        assert_eq!(own_path(path), "/dashboard", "{path}");
    }
}
