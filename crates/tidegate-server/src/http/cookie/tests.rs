//! Tests of the cookie: what is found in it, and for which requests it counts.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::{cleared_cookie, key_cookie, presented};

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let lines = lines.iter();
    lines
        .map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        })
        .collect()
}

#[track_caller]
fn check_found(cookie: &'static str, expected: Option<&str>) {
    let headers = headers(&[("cookie", cookie)]);
    let found = presented(&Method::GET, &headers).unwrap();
    assert_eq!(found, expected, "{cookie}");
}

#[test]
fn the_key_is_found_among_other_cookies() {
    check_found("tidegate_key=tg_live_1", Some("tg_live_1"));
    check_found("a=b; tidegate_key=tg_live_1;c=d", Some("tg_live_1"));
    check_found("a=b", None);
    check_found("tidegate_key=", None);
    check_found("tidegate_key", None);
    check_found("not_tidegate_key=x", None);
    check_found("", None);
}

#[track_caller]
fn check_counts(method: Method, more: &[(&'static str, &'static str)], expected: bool) {
    let mut lines = vec![("cookie", "tidegate_key=k"), ("host", "here:7878")];
    lines.extend(more);
    let counts = presented(&method, &headers(&lines)).is_ok();
    assert_eq!(counts, expected, "{method} {more:?}");
}

#[test]
fn the_cookie_counts_for_what_the_own_pages_sent() {
    let site = "sec-fetch-site";
    check_counts(Method::GET, &[], true);
    check_counts(Method::GET, &[(site, "none")], true);
    check_counts(Method::GET, &[("origin", "http://here:7878")], true);
    check_counts(Method::GET, &[("origin", "http://here:9999")], false);
    check_counts(Method::GET, &[("origin", "null")], false);
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let own = ("origin", "http://here:7878");
        let other = ("origin", "http://elsewhere");
        check_counts(method.clone(), &[], false);
        check_counts(method.clone(), &[own], true);
        check_counts(method.clone(), &[other], false);
        check_counts(method.clone(), &[(site, "same-origin")], true);
        check_counts(method.clone(), &[(site, "same-site"), own], false);
        check_counts(method.clone(), &[(site, "cross-site"), own], false);
        check_counts(method, &[(site, "none")], false);
    }
}

#[test]
fn a_cookie_is_set_only_for_what_it_can_carry() {
    let line = key_cookie("tg_live_1_a-B", false).unwrap();
    let expected = "tidegate_key=tg_live_1_a-B; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict";
    assert_eq!(line, expected);
    assert!(key_cookie("tg; Domain=elsewhere", false).is_none());
    assert!(key_cookie("tg\r\nx: y", false).is_none());
    let cleared = cleared_cookie(true).unwrap();
    let expected = "tidegate_key=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure";
    assert_eq!(cleared, expected);
}
