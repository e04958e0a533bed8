//! Files and directories that may not be written, as a user without privileges meets them.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use tidegate_testkit::{ChildProcess, child_role};

use super::*;

const TEST: &str = "bad_files::permissions::what_may_not_be_written_is_read_or_refused";

/// A database in a directory and a database file, neither of which may be written.
#[test]
fn what_may_not_be_written_is_read_or_refused() {
    if let Some((_, dir)) = child_role() {
        return as_a_user_without_privileges(&dir);
    }
    let dir = temporary_directory();
    let (locked, open) = (dir.path().join("locked"), dir.path().join("open"));
    for folder in [&locked, &open] {
        fs::create_dir(folder).expect("makes");
        create_now(&folder.join("app.db"));
        set_mode(&folder.join("app.db"), 0o444);
    }
    set_mode(dir.path(), 0o755);
    set_mode(&locked, 0o555);
    set_mode(&open, 0o777);
    let status = run_without_privileges(dir.path());
    set_mode(&locked, 0o755);
    assert!(status.success(), "{status}");
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("sets");
}

/// Permissions do not bind the superuser: then the test runs itself again as nobody.
fn run_without_privileges(dir: &Path) -> std::process::ExitStatus {
    let itself = std::env::current_exe().expect("a path");
    let is_bound = fs::write(dir.join("locked").join("probe"), "").is_err();
    let mut command = match is_bound {
        true => Command::new(itself),
        false => {
            fs::remove_file(dir.join("locked").join("probe")).expect("removes");
            // Where it lies, nobody may not be allowed to go.
            let copy = dir.join("test");
            fs::copy(itself, &copy).expect("copies");
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
            command.arg(copy).current_dir("/");
            command
        }
    };
    let child = ChildProcess::this_test_by(&mut command, TEST, "unprivileged", dir);
    child.expect("starts").wait().expect("ends")
}

#[tokio::main(flavor = "current_thread")]
async fn create_now(path: &Path) {
    create(path).await;
}

#[tokio::main(flavor = "current_thread")]
async fn as_a_user_without_privileges(dir: &Path) {
    let (locked, open) = (dir.join("locked"), dir.join("open"));
    // A new file cannot be made where nothing may be made.
    let error = refused_at(&locked.join("new.db")).await;
    assert!(
        matches!(error.kind(), ErrorKind::Io | ErrorKind::ReadOnly),
        "{error}"
    );
    // A log cannot either, so that neither reading nor writing can begin.
    for read_only in [false, true] {
        let path = locked.join("app.db");
        let error = refused(Options::new(&path).read_only(read_only), &path).await;
        assert!(
            matches!(error.kind(), ErrorKind::Io | ErrorKind::ReadOnly),
            "{error}"
        );
    }
    a_write_protected_file(&open.join("app.db")).await;
}

/// Writing is refused when it is opened, for reading it opens.
async fn a_write_protected_file(path: &Path) {
    let error = refused_at(path).await;
    assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error}");
    assert!(error.to_string().contains("read_only"), "{error}");
    let db = Options::new(path)
        .read_only(true)
        .open()
        .await
        .expect("opens");
    let rows: i64 = db
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .expect("reads");
    assert_eq!(rows, 400);
    let write = db.execute("INSERT INTO other DEFAULT VALUES", ());
    let error = write.await.expect_err("is refused");
    assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error}");
    db.close().await.expect("closes");
}

/// The same promise for whoever asks for it: nothing is written, and nothing is left beside the file.
#[tokio::test]
async fn a_database_opened_read_only_is_only_read() {
    let dir = temporary_directory();
    let path = dir.path().join("app.db");
    create(&path).await;
    let before = fs::read(&path).expect("reads");
    let db = Options::new(&path)
        .read_only(true)
        .open()
        .await
        .expect("opens");
    let rows: Vec<i64> = db.query("SELECT id FROM t", ()).await.expect("reads");
    assert_eq!(rows.len(), 400);
    let returning = "INSERT INTO other DEFAULT VALUES RETURNING id";
    let refusals = [
        db.execute("DELETE FROM t", ()).await.map(drop),
        db.execute_batch("DELETE FROM t; DELETE FROM other").await,
        db.write(|tx| tx.execute("DELETE FROM t", ()))
            .await
            .map(drop),
        db.read(|tx| tx.query::<i64>("DELETE FROM t RETURNING id", ()))
            .await
            .map(drop),
        db.query::<i64>(returning, ()).await.map(drop),
        db.begin().await.map(drop),
    ];
    for refusal in refusals {
        let error = refusal.expect_err("is refused");
        assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error}");
    }
    db.close().await.expect("closes");
    assert_eq!(fs::read(&path).expect("reads"), before);
}
