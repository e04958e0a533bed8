//! Tests of problems.

use std::collections::BTreeSet;

use super::*;

#[test]
fn codes_are_distinct_words() {
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes.len(), Code::ALL.len());
    for code in codes {
        assert!(
            code.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        );
    }
}

#[test]
fn the_guide_names_every_code_beside_its_status() {
    let guide = include_str!("../../../../docs/server.md");
    for code in Code::ALL {
        let row = format!("| {} |", code.status().as_u16());
        let row = guide
            .lines()
            .find(|line| line.starts_with(&row))
            .unwrap_or_default();
        assert!(row.contains(&format!("`{}`", code.as_str())), "{code:?}");
    }
}

#[test]
fn every_code_is_a_failure() {
    for code in Code::ALL {
        let status = code.status();
        assert!(
            status.is_client_error() || status.is_server_error(),
            "{code:?}"
        );
    }
}
