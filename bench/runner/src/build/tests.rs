//! Tests of finding a library's version.

use super::locked_version;

const LOCK: &str = "[[package]]
name = \"bench-sqlx\"
version = \"0.1.0\"

[[package]]
name = \"sqlx\"
version = \"0.9.0\"
source = \"registry\"
";

#[test]
fn the_version_of_the_library_itself_is_found() {
    assert_eq!(locked_version(LOCK, "sqlx"), Some("0.9.0"));
    assert_eq!(locked_version(LOCK, "sqlite"), None);
}
