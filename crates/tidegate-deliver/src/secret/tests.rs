//! Which references are refused, what they lead to, and that nothing shows a secret.
#![expect(
    clippy::disallowed_methods,
    reason = "a test may block: nothing else runs on its thread"
)]

use std::fs;
use std::os::unix::fs::symlink;

use super::*;

fn in_file(path: &Path) -> Secret {
    Secret::new(&format!("file:{}", path.display()))
}

#[test]
fn what_is_no_reference_is_refused_and_forgotten() {
    for text in [
        "hunter2", "", "ENV:A", "env:", "env:1A", "env:A B", "env:A\n", "file:", "file:a",
    ] {
        let secret = Secret::new(text);
        let failure = secret.check("password").unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Config);
        assert!(failure.to_string().starts_with("`password` "), "{failure}");
        let shown = format!("{secret} {secret:?} {failure} {failure:?}");
        let shown = shown + &serde_json::to_string(&secret).unwrap();
        assert!(
            !shown.contains("hunter2") && !shown.contains('\n'),
            "{shown}"
        );
    }
    for text in ["env:PATH", "env:_a1", "file:/run/secret"] {
        let secret: Secret = serde_json::from_value(text.into()).unwrap();
        secret.check("password").unwrap();
        assert_eq!(secret.to_string(), text);
        assert_eq!(serde_json::to_value(&secret).unwrap(), text);
    }
}

#[tokio::test]
async fn a_secret_is_fetched_from_its_place() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("token");
    let link = home.path().join("link");
    symlink(&file, &link).unwrap();
    for (content, expected) in [
        ("hunter2", "hunter2"),
        ("hunter2\r\n", "hunter2"),
        ("ä ö\n", "ä ö"),
    ] {
        fs::write(&file, content).unwrap();
        assert_eq!(*in_file(&file).fetch().await.unwrap(), expected);
        assert_eq!(*in_file(&link).fetch().await.unwrap(), expected);
    }
    let path = std::env::var("PATH").unwrap();
    assert_eq!(*Secret::new("env:PATH").fetch().await.unwrap(), path);
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_told_without_its_content() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("token");
    let check = async |secret: Secret, reason: &str| {
        let failure = secret.fetch().await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Secret);
        assert!(!failure.is_permanent());
        let text = failure.to_string();
        assert!(text.contains(reason) && !text.contains("hunter2"), "{text}");
    };
    check(Secret::new("env:SURELY_NOT_SET"), "not set").await;
    check(Secret::new("hunter2"), "not a reference").await;
    check(in_file(&file), "No such file").await;
    check(in_file(home.path()), "not a regular file").await;
    check(in_file(Path::new("/dev/null")), "not a regular file").await;
    for (content, reason) in [
        ("", "empty"),
        ("\n", "empty"),
        ("hunter2\nhunter2", "more than one line"),
        ("hunter2\0", "control"),
        (&"hunter2".repeat(10_000), "longer"),
    ] {
        fs::write(&file, content).unwrap();
        check(in_file(&file), reason).await;
    }
    fs::write(&file, b"hunter2\xff").unwrap();
    check(in_file(&file), "UTF-8").await;
}
