//! Every call to the disk on the way to a copy fails in turn: an error, no file, and the database serves on.

use tidegate::{Database, ErrorKind, Migration, Migrations, Options, Result};
use tidegate_testkit::vfs::{Failure, Fault, FaultVfs, Op};

use super::*;

struct Rig {
    vfs: FaultVfs,
    dir: tempfile::TempDir,
    db: Database,
}

impl Rig {
    async fn open(name: &str) -> Self {
        let vfs = FaultVfs::register(&format!("copies-{name}"));
        let dir = tempfile::tempdir().unwrap();
        let options = Options::new(dir.path().join("test.db"))
            .vfs(vfs.name())
            .busy_timeout(Duration::from_millis(50));
        let db = options.open().await.unwrap();
        let steps = Migrations::new([table()]);
        db.migrate(&steps).await.unwrap();
        fill(&db, 60).await;
        // The connection of these calls is open before the first fault, with the schema that it will meet.
        assert!(db.integrity_check().await.unwrap().is_empty());
        Self { vfs, dir, db }
    }

    /// Fails the n-th call of a sort until there is none left to fail; gives the kinds of errors that came of it.
    async fn sweep<F>(&self, fault: Fault, copy: F) -> Vec<ErrorKind>
    where
        F: AsyncFn(&Database, &Path) -> Result<()>,
    {
        let path = self.dir.path().join("copy.db");
        let mut kinds = Vec::new();
        for n in 1.. {
            self.vfs.inject(fault.nth(n));
            let outcome = copy(&self.db, &path).await;
            let fired = self.vfs.fired();
            self.vfs.heal();
            match outcome {
                Err(error) => {
                    assert!(fired > 0, "{error}");
                    assert!(others(self.dir.path()).is_empty(), "{fault:?} at {n}");
                    kinds.push(error.kind());
                }
                Ok(()) => {
                    check_copy(&path, 60).await;
                    std::fs::remove_file(&path).unwrap();
                }
            }
            if fired == 0 {
                assert_eq!(count(&self.db).await, 60);
                return kinds;
            }
        }
        unreachable!("a copy is finite")
    }
}

fn table() -> Migration {
    Migration::sql("table", "CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
}

#[tokio::test]
async fn a_backup_survives_a_failing_disk() {
    let rig = Rig::open("backup").await;
    let backup = async |db: &Database, path: &Path| db.backup(path).pages_per_step(4).await;
    let full = Fault::new(Op::Write, Failure::DiskFull);
    let kinds = rig.sweep(full, backup).await;
    assert!(!kinds.is_empty() && kinds.iter().all(|&kind| kind == ErrorKind::DiskFull));
    let broken = Fault::new(Op::Write, Failure::HalfThenIo);
    let kinds = rig.sweep(broken, backup).await;
    assert!(!kinds.is_empty() && kinds.iter().all(|&kind| kind == ErrorKind::Io));
    let unreadable = Fault::new(Op::Read, Failure::Io);
    let kinds = rig.sweep(unreadable, backup).await;
    assert!(kinds.iter().all(|&kind| kind == ErrorKind::Io));
}

#[tokio::test]
async fn a_compact_copy_survives_a_failing_disk() {
    let rig = Rig::open("vacuum").await;
    let vacuum = async |db: &Database, path: &Path| db.vacuum_into(path).await;
    let full = Fault::new(Op::Write, Failure::DiskFull);
    let kinds = rig.sweep(full, vacuum).await;
    assert!(!kinds.is_empty() && kinds.iter().all(|&kind| kind == ErrorKind::DiskFull));
    let broken = Fault::new(Op::Write, Failure::Io);
    let kinds = rig.sweep(broken, vacuum).await;
    assert!(!kinds.is_empty() && kinds.iter().all(|&kind| kind == ErrorKind::Io));
}

#[tokio::test]
async fn a_migration_on_a_failing_disk_has_gone_a_step_or_not() {
    let rig = Rig::open("migrate").await;
    let column = |n: u32| {
        let sql = format!("ALTER TABLE t ADD COLUMN c{n}; UPDATE t SET c{n} = randomblob(300)");
        Migration::sql(format!("column {n}"), sql)
    };
    let full = Fault::new(Op::Write, Failure::DiskFull);
    let mut steps = 1;
    for n in 1.. {
        let columns = (1..=steps).map(column);
        let migrations = Migrations::new(std::iter::once(table()).chain(columns));
        rig.vfs.inject(full.nth(n));
        let outcome = rig.db.migrate(&migrations).await;
        let fired = rig.vfs.fired();
        rig.vfs.heal();
        let names = "SELECT count(*) FROM pragma_table_info('t')";
        let columns: u32 = rig.db.query_scalar(names, ()).await.unwrap();
        let version: u32 = rig
            .db
            .query_scalar("PRAGMA user_version", ())
            .await
            .unwrap();
        assert_eq!(columns, version + 1);
        match outcome {
            Ok(migrated) => {
                assert_eq!((migrated.to, version), (steps + 1, steps + 1));
                steps += 1;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::DiskFull, "{error}");
                assert_eq!(version, steps);
            }
        }
        let partial = |name: &String| name.ends_with(".partial");
        assert!(!others(rig.dir.path()).iter().any(partial));
        if fired == 0 {
            assert!(n > 5, "nothing failed");
            return;
        }
    }
}
