//! Damaged files, and files that never were databases.

use super::*;

const PAGE_BYTES: usize = 4096;

/// A database whose bytes were changed while it was closed.
async fn damaged(change: impl FnOnce(&mut Vec<u8>)) -> (TempDir, PathBuf) {
    let dir = temporary_directory();
    let path = dir.path().join("app.db");
    create(&path).await;
    let mut bytes = fs::read(&path).expect("reads");
    change(&mut bytes);
    fs::write(&path, bytes).expect("writes");
    (dir, path)
}

/// Rows of `t` at both ends are read, and those between are told to be damaged; all else is served as ever.
async fn serves_around_the_damage(db: &Database) {
    for _ in 0..3 {
        let error = db
            .query::<(i64, String)>("SELECT id, v FROM t", ())
            .await
            .expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
        let first: String = db
            .query_scalar("SELECT trim(v) FROM t WHERE id = 1", ())
            .await
            .expect("reads another page");
        assert_eq!(first, "1");
        db.execute("INSERT INTO other DEFAULT VALUES", ())
            .await
            .expect("writes another table");
    }
    let rows: i64 = db
        .query_scalar("SELECT count(*) FROM other", ())
        .await
        .expect("reads");
    assert_eq!(rows, 6);
    let findings = db.integrity_check().await.expect("checks");
    assert!(!findings.is_empty());
}

#[tokio::test]
async fn a_damaged_page_in_the_middle_spoils_its_own_rows_only() {
    let (_dir, path) = damaged(|bytes| {
        let middle = bytes.len() / PAGE_BYTES / 2 * PAGE_BYTES;
        bytes[middle..middle + PAGE_BYTES].fill(0xaa);
    })
    .await;
    let db = Database::open(&path).await.expect("opens");
    serves_around_the_damage(&db).await;
    db.close().await.expect("closes");
}

#[tokio::test]
async fn a_write_that_meets_a_damaged_page_is_undone() {
    let (_dir, path) = damaged(|bytes| {
        let middle = bytes.len() / PAGE_BYTES / 2 * PAGE_BYTES;
        bytes[middle..middle + PAGE_BYTES].fill(0xaa);
    })
    .await;
    let db = Database::open(&path).await.expect("opens");
    let (good, bad) = tokio::join!(
        db.execute("INSERT INTO other DEFAULT VALUES", ()),
        db.write(|tx| {
            tx.execute("INSERT INTO other DEFAULT VALUES", ())?;
            tx.execute("UPDATE t SET v = 'new'", ())
        }),
    );
    good.expect("writes");
    assert_eq!(bad.expect_err("damaged").kind(), ErrorKind::Corrupt);
    let rows: i64 = db
        .query_scalar("SELECT count(*) FROM other", ())
        .await
        .expect("reads");
    assert_eq!(rows, 4);
    db.close().await.expect("closes");
}

#[tokio::test]
async fn a_file_cut_short_is_damaged_where_it_ends() {
    let half = |bytes: &[u8]| bytes.len() / PAGE_BYTES / 2 * PAGE_BYTES;
    let cuts: [fn(usize) -> usize; 3] = [|half| half, |half| half + 100, |_| 50];
    for cut in cuts {
        let (_dir, path) = damaged(|bytes| {
            let length = cut(half(bytes));
            bytes.truncate(length);
        })
        .await;
        // SQLite may find out at once, or when it comes to a page that is missing.
        match Options::new(&path).open().await {
            Ok(db) => {
                let all = db.query::<(i64, String)>("SELECT * FROM t", ());
                let error = all.await.expect_err("cut short");
                assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
                let three: i64 = db
                    .query_scalar("SELECT count(*) FROM other", ())
                    .await
                    .expect("reads");
                assert_eq!(three, 3);
                db.close().await.expect("closes");
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}"),
        }
    }
}

#[tokio::test]
async fn a_damaged_header_is_no_database() {
    let headers: [fn(&mut Vec<u8>); 4] = [
        // The magic text; the page size; the version of the format; what a page may hold.
        |bytes| bytes[..16].fill(b'x'),
        |bytes| bytes[16..18].copy_from_slice(&[0, 3]),
        |bytes| bytes[18..20].copy_from_slice(&[9, 9]),
        |bytes| bytes[21..24].fill(0xff),
    ];
    for change in headers {
        let (_dir, path) = damaged(change).await;
        let before = fs::read(&path).expect("reads");
        let error = refused_at(&path).await;
        assert_eq!(error.kind(), ErrorKind::NotADatabase, "{error}");
        assert_eq!(fs::read(&path).expect("reads"), before);
    }
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_and_left_alone() {
    let dir = temporary_directory();
    for text in ["dear diary\n".repeat(1000), "short".to_owned()] {
        let path = dir.path().join("notes.txt");
        fs::write(&path, &text).expect("writes");
        let error = refused_at(&path).await;
        assert_eq!(error.kind(), ErrorKind::NotADatabase, "{error}");
        let error = refused(Options::new(&path).read_only(true), &path).await;
        assert_eq!(error.kind(), ErrorKind::NotADatabase, "{error}");
        assert_eq!(fs::read_to_string(&path).expect("reads"), text);
        assert_eq!(fs::read_dir(dir.path()).expect("lists").count(), 1);
    }
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let dir = temporary_directory();
    let path = dir.path().join("app.db");
    fs::write(&path, "").expect("writes");
    create(&path).await;
    assert!(fs::metadata(&path).expect("there").len() > 0);
}

#[tokio::test]
async fn a_log_of_garbage_is_not_read() {
    let (_dir, path) = damaged(|_| ()).await;
    let beside = |end: &str| PathBuf::from(format!("{}{end}", path.display()));
    fs::write(beside("-wal"), "garbage".repeat(10_000)).expect("writes");
    fs::write(beside("-shm"), "garbage".repeat(10_000)).expect("writes");
    let db = Database::open(&path).await.expect("opens");
    let rows: i64 = db
        .query_scalar("SELECT count(*) FROM t", ())
        .await
        .expect("reads");
    assert_eq!(rows, 400);
    db.execute("INSERT INTO other DEFAULT VALUES", ())
        .await
        .expect("writes");
    assert_eq!(db.integrity_check().await.expect("checks"), [] as [&str; 0]);
    db.close().await.expect("closes");
    assert!(!beside("-wal").exists());
}

#[tokio::test]
async fn a_damaged_schema_is_told() {
    // The first page's tree holds the schema.
    let (_dir, path) = damaged(|bytes| bytes[100..PAGE_BYTES].fill(0xaa)).await;
    match Options::new(&path).open().await {
        Ok(db) => {
            let error = db
                .query_scalar::<i64>("SELECT count(*) FROM t", ())
                .await
                .expect_err("damaged");
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
            db.close().await.expect("closes");
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
            assert!(error.to_string().contains("app.db"), "{error}");
        }
    }
}
