//! Where a mail may go without encryption.

use serde_json::{from_value, json};

use super::*;

fn email(allow_plaintext: bool) -> Email {
    let settings = json!({
        "host": "mail.example.com", "tls": "none", "allow_plaintext": allow_plaintext,
        "from": "a@example.com", "to": ["b@example.com"],
    });
    from_value(settings).unwrap()
}

#[test]
fn without_encryption_only_this_machine_is_reached_unless_allowed() {
    for (peer, is_here) in [
        ("127.0.0.1", true),
        ("127.9.9.9", true),
        ("::1", true),
        ("::ffff:127.0.0.1", true),
        ("10.0.0.1", false),
        ("0.0.0.0", false),
        ("192.0.2.1", false),
        ("::ffff:10.0.0.1", false),
        ("fe80::1", false),
    ] {
        let peer = peer.parse().unwrap();
        let refused = require_loopback(&email(false), peer);
        assert_eq!(refused.is_ok(), is_here, "{peer}");
        let kind = refused.err().map(|failure| failure.kind());
        assert_eq!(kind, (!is_here).then_some(FailureKind::AddressRefused));
        require_loopback(&email(true), peer).unwrap();
    }
}
