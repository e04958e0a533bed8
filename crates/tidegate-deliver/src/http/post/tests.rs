//! Which statuses are for good.

use super::*;

#[test]
fn only_refusals_that_do_not_pass_are_permanent() {
    for (status, permanent) in [
        (400, true),
        (401, true),
        (404, true),
        (408, false),
        (410, true),
        (413, true),
        (425, false),
        (429, false),
        (500, false),
        (503, false),
        (999, false),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(is_permanent(status), permanent, "{status}");
    }
}
