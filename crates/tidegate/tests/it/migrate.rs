//! Schema steps: in order, each whole, once among many processes, with the old state kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use tidegate::{Database, Error, ErrorKind, Migration, Migrations, Options};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
                     INSERT INTO users VALUES (1, 'ADA'), (2, 'GRACE')";

fn users() -> Migration {
    Migration::sql("users", USERS)
}

fn lower_case() -> Migration {
    Migration::closure("lower case", |tx| {
        tx.execute("UPDATE users SET name = lower(name)", ())
            .map(drop)
    })
}

fn three_steps() -> Migrations {
    let emails = Migration::sql("emails", "ALTER TABLE users ADD COLUMN email TEXT");
    Migrations::new([users(), lower_case(), emails])
}

struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("app.db")
    }

    async fn open(&self) -> Database {
        Database::open(self.path()).await.unwrap()
    }

    fn snapshots(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(".db") && !name.contains("db-"))
            .collect();
        names.sort();
        names
    }
}

async fn version(db: &Database) -> u32 {
    db.query_scalar("PRAGMA user_version", ()).await.unwrap()
}

async fn names(db: &Database) -> Vec<String> {
    db.query("SELECT name FROM users ORDER BY id", ())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_empty_database_takes_all_steps_and_needs_no_snapshot() {
    let place = Place::new();
    let db = place.open().await;
    let status = db.migrations_status(&three_steps()).await.unwrap();
    assert_eq!((status.version, status.latest), (0, 3));
    assert_eq!(status.pending, ["users", "lower case", "emails"]);
    let done = db.migrate(&three_steps()).await.unwrap();
    assert_eq!((done.from, done.to, done.snapshot), (0, 3, None));
    assert_eq!(names(&db).await, ["ada", "grace"]);
    let again = db.migrate(&three_steps()).await.unwrap();
    assert_eq!((again.from, again.to, again.snapshot), (3, 3, None));
    let status = db.migrations_status(&three_steps()).await.unwrap();
    assert_eq!((status.version, status.pending.len()), (3, 0));
    assert!(place.snapshots().is_empty());
}

#[tokio::test]
async fn an_upgrade_keeps_the_old_state_in_a_file() {
    let place = Place::new();
    let db = place.open().await;
    db.migrate(&Migrations::new([users()])).await.unwrap();
    let done = db.migrate(&three_steps()).await.unwrap();
    assert_eq!((done.from, done.to), (1, 3));
    let snapshot = done.snapshot.unwrap();
    assert_eq!(
        snapshot,
        Path::new(&format!("{}.v1.bak", place.path().display()))
    );
    let old = Options::new(snapshot).read_only(true).open().await.unwrap();
    assert_eq!(version(&old).await, 1);
    assert_eq!(names(&old).await, ["ADA", "GRACE"]);
    assert_eq!(names(&db).await, ["ada", "grace"]);
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let place = Place::new();
    let db = place.open().await;
    db.migrate(&three_steps()).await.unwrap();
    let error = db.migrate(&Migrations::new([users()])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    let text = error.to_string();
    assert!(
        text.contains("version 3") && text.contains("newer"),
        "{text}"
    );
    let status = db
        .migrations_status(&Migrations::new([users()]))
        .await
        .unwrap();
    assert_eq!(
        (status.version, status.latest, status.pending.len()),
        (3, 1, 0)
    );
    db.execute("PRAGMA user_version = -1", ()).await.unwrap();
    let error = db.migrate(&three_steps()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
}

#[tokio::test]
async fn a_failed_step_leaves_the_version_before_it_and_says_where() {
    let place = Place::new();
    let db = place.open().await;
    db.migrate(&Migrations::new([users()])).await.unwrap();
    let script = "CREATE TABLE half (id);\n\nINSERT INTO half VALUES (1);\nALTER TABLE usrs ADD x;";
    let failing = Migrations::new([users(), lower_case(), Migration::sql("broken", script)]);
    let error = db.migrate(&failing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Query);
    let text = error.to_string();
    for part in ["migration 3 of 3", "broken", "version 2", "usrs"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(version(&db).await, 2);
    assert_eq!(names(&db).await, ["ada", "grace"]);
    let half = "SELECT count(*) FROM sqlite_schema WHERE name = 'half'";
    assert_eq!(db.query_scalar::<i64>(half, ()).await.unwrap(), 0);
    let status = db.migrations_status(&failing).await.unwrap();
    assert_eq!(status.pending, ["broken"]);
}

#[tokio::test]
async fn an_error_tells_its_place_in_the_whole_text() {
    let place = Place::new();
    let db = place.open().await;
    let script = "CREATE TABLE a (id);\nCREATE TABLE b (id);\nSELECT nothing FROM a;";
    let broken = Migrations::new([Migration::sql("broken", script)]);
    let error = db.migrate(&broken).await.unwrap_err();
    assert_eq!(error.sql(), Some(script));
    assert_eq!(error.sql_offset(), script.find("nothing"));
    assert!(error.to_string().contains("line 3, column 8"), "{error}");
}

#[tokio::test]
async fn a_panic_or_an_error_of_a_closure_is_the_steps() {
    let place = Place::new();
    let db = place.open().await;
    let panics = Migration::closure("panics", |tx| {
        tx.execute("CREATE TABLE half (id)", ())?;
        panic!("at the disco")
    });
    let error = db
        .migrate(&Migrations::new([users(), panics]))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    let text = error.to_string();
    assert!(text.contains("panics") && text.contains("disco"), "{text}");
    let fails = Migration::closure("fails", |_| Err(Error::application("no thanks")));
    let error = db
        .migrate(&Migrations::new([users(), fails]))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Application);
    assert_eq!(version(&db).await, 1);
}

#[tokio::test]
async fn an_attempt_with_the_same_content_keeps_one_snapshot_and_another_content_its_own() {
    let place = Place::new();
    let db = place.open().await;
    db.migrate(&Migrations::new([users()])).await.unwrap();
    let failing = Migrations::new([users(), Migration::sql("broken", "nonsense")]);
    for _ in 0..3 {
        db.migrate(&failing).await.unwrap_err();
    }
    assert_eq!(place.snapshots(), ["app.db.v1.bak"]);
    db.execute("INSERT INTO users VALUES (3, 'LIN')", ())
        .await
        .unwrap();
    db.migrate(&failing).await.unwrap_err();
    assert_eq!(place.snapshots(), ["app.db.v1.2.bak", "app.db.v1.bak"]);
    let done = db.migrate(&three_steps()).await.unwrap();
    assert!(done.snapshot.unwrap().ends_with("app.db.v1.2.bak"));
    assert_eq!(place.snapshots().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handles_that_migrate_at_once_take_every_step_once() {
    let place = Place::new();
    place
        .open()
        .await
        .migrate(&Migrations::new([users()]))
        .await
        .unwrap();
    let taken = Arc::new(AtomicU32::new(0));
    let steps = |taken: &Arc<AtomicU32>| {
        let more = (0..10).map(|n| {
            let taken = taken.clone();
            Migration::closure(format!("step {n}"), move |tx| {
                taken.fetch_add(1, Ordering::Relaxed);
                tx.execute("INSERT INTO users (name) VALUES (?)", (n,))
                    .map(drop)
            })
        });
        Migrations::new(std::iter::once(users()).chain(more))
    };
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (path, steps) = (place.path(), steps(&taken));
            tokio::spawn(async move {
                let db = Database::open(path).await.unwrap();
                let done = db.migrate(&steps).await.unwrap();
                db.close().await.unwrap();
                done
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().to, 11);
    }
    assert_eq!(taken.load(Ordering::Relaxed), 10);
    assert_eq!(names(&place.open().await).await.len(), 12);
    // Whoever began first has saved version 1.
    assert!(place.snapshots().contains(&"app.db.v1.bak".to_owned()));
}

fn family() -> Migration {
    Migration::sql(
        "family",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, v);
         CREATE TABLE child (parent REFERENCES parent (id) ON DELETE CASCADE);
         INSERT INTO parent VALUES (1, 1);
         INSERT INTO child VALUES (1)",
    )
}

const REBUILD: &str = "CREATE TABLE parent_new (id INTEGER PRIMARY KEY, v TEXT);
                       INSERT INTO parent_new SELECT id, v FROM parent;
                       DROP TABLE parent;
                       ALTER TABLE parent_new RENAME TO parent";

async fn children(db: &Database) -> i64 {
    db.query_scalar("SELECT count(*) FROM child", ())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_table_is_rebuilt_without_foreign_keys_and_they_hold_again_afterwards() {
    let place = Place::new();
    let db = place.open().await;
    let rebuild = Migration::sql("rebuild", REBUILD).without_foreign_keys();
    db.migrate(&Migrations::new([family(), rebuild]))
        .await
        .unwrap();
    assert_eq!(children(&db).await, 1);
    let orphan = db.execute("INSERT INTO child VALUES (2)", ()).await;
    assert_eq!(orphan.unwrap_err().kind(), ErrorKind::Constraint);
}

#[tokio::test]
async fn foreign_keys_that_do_not_hold_fail_the_step() {
    let place = Place::new();
    let db = place.open().await;
    let orphan = || Migration::sql("orphan", "INSERT INTO child VALUES (9)");
    let steps = [
        orphan().without_foreign_keys(),
        orphan().defer_foreign_keys(),
        orphan(),
    ];
    for step in steps {
        let error = db
            .migrate(&Migrations::new([family(), step]))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Constraint);
        assert!(error.to_string().contains("orphan"), "{error}");
        assert_eq!((version(&db).await, children(&db).await), (1, 1));
    }
}

#[tokio::test]
async fn deferred_foreign_keys_may_be_violated_for_a_while() {
    let place = Place::new();
    let db = place.open().await;
    let late = "INSERT INTO child VALUES (2); INSERT INTO parent VALUES (2, 2)";
    let step = Migration::sql("late", late).defer_foreign_keys();
    db.migrate(&Migrations::new([family(), step]))
        .await
        .unwrap();
    assert_eq!(children(&db).await, 2);
}

#[tokio::test]
async fn steps_cannot_end_their_transaction_or_lack_a_name() {
    let place = Place::new();
    let db = place.open().await;
    let refused = [
        vec![Migration::sql(
            "commit",
            "CREATE TABLE a (id); COMMIT; CREATE TABLE b (id)",
        )],
        vec![Migration::sql("pragma", "PRAGMA foreign_keys = OFF")],
        vec![Migration::sql(" ", "SELECT 1")],
        vec![users(), users()],
    ];
    for steps in refused {
        let error = db.migrate(&Migrations::new(steps)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
        assert_eq!(version(&db).await, 0);
    }
}

#[tokio::test]
async fn memory_is_migrated_without_a_snapshot_and_read_only_not_at_all() {
    let db = Database::open_in_memory().await.unwrap();
    db.migrate(&Migrations::new([users()])).await.unwrap();
    let done = db.migrate(&three_steps()).await.unwrap();
    assert_eq!((done.from, done.to, done.snapshot), (1, 3, None));
    assert_eq!(
        db.migrations_status(&three_steps()).await.unwrap().version,
        3
    );
    let place = Place::new();
    place.open().await.migrate(&three_steps()).await.unwrap();
    let options = Options::new(place.path()).read_only(true);
    let db = options.open().await.unwrap();
    assert_eq!(
        db.migrations_status(&three_steps()).await.unwrap().version,
        3
    );
    let error = db.migrate(&three_steps()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
}

#[tokio::test]
async fn a_step_that_never_ends_stops_at_its_deadline() {
    let place = Place::new();
    let db = place.open().await;
    let endless = "CREATE TABLE n AS WITH RECURSIVE c(x) AS \
                   (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
    let steps = Migrations::new([Migration::sql("endless", endless)]);
    let call = db
        .migrate(&steps)
        .deadline(std::time::Duration::from_millis(50));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Deadline);
    assert_eq!(version(&db).await, 0);
    db.migrate(&three_steps()).await.unwrap();
}
