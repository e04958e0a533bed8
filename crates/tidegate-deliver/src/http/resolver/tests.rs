//! What is kept of a resolver's answers.

use super::*;
use crate::failure::find;

#[test]
fn only_public_addresses_are_kept() {
    let check = |found: &[&str], kept: &[&str]| {
        let socket = |text: &&str| SocketAddr::new(text.parse().unwrap(), 0);
        let public = public(found.iter().map(socket)).unwrap();
        assert_eq!(public, kept.iter().map(socket).collect::<Vec<_>>());
    };
    check(&[], &[]);
    check(&["1.1.1.1"], &["1.1.1.1"]);
    check(&["127.0.0.1", "1.1.1.1", "::1"], &["1.1.1.1"]);
}

#[test]
fn a_name_with_private_addresses_only_is_refused() {
    let found = ["10.0.0.1:0", "[::1]:0"].map(|text| text.parse().unwrap());
    let refused = public(found.into_iter()).unwrap_err();
    assert!(find::<NotPublic>(&refused).is_some());
}

#[tokio::test]
async fn localhost_is_refused() {
    let resolved = PublicOnly.resolve("localhost".parse().unwrap()).await;
    let refused = resolved.err().unwrap();
    assert!(find::<NotPublic>(&*refused).is_some());
}
