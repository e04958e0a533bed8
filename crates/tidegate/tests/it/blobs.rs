//! Blobs read and written in pieces.

use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_io::{AsyncRead, AsyncSeek, AsyncWrite};
use tidegate::{BlobReader, CancelToken, Database, ErrorKind, Options, ZeroBlob};

use crate::support::{TestDb, count, open_with};

/// Far more than any scheduling delay, far less than what a stuck call would take.
const SOON: Duration = Duration::from_secs(3);

const SCHEMA: &str = "
    CREATE TABLE b (id INTEGER PRIMARY KEY, content, code UNIQUE, parent REFERENCES b(id));
    CREATE TABLE plain (k TEXT PRIMARY KEY, content) WITHOUT ROWID;
    CREATE VIEW v AS SELECT id, content FROM b;
    CREATE TABLE \"odd \"\"name\" (id INTEGER PRIMARY KEY, \"odd column\");
    INSERT INTO b (id, content) VALUES (2, NULL), (3, 7), (4, 1.5), (5, 'text'), (6, x'');
    INSERT INTO \"odd \"\"name\" VALUES (1, x'0102');
";

/// Bytes that differ at every place where a piece could begin.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 + at / 251) as u8).collect()
}

async fn fill(db: &Database, content: Vec<u8>) {
    db.execute_batch(SCHEMA).await.unwrap();
    let insert = "INSERT INTO b (id, content) VALUES (1, ?)";
    db.execute(insert, (content,)).await.unwrap();
}

async fn with_blob(content: Vec<u8>, set: impl FnOnce(Options) -> Options) -> TestDb {
    let db = open_with(|options| set(options.readers(1))).await;
    fill(&db, content).await;
    db
}

async fn with_zeroes(len: u64) -> TestDb {
    let db = with_blob(Vec::new(), |options| options).await;
    let update = "UPDATE b SET content = ? WHERE id = 1";
    db.execute(update, (ZeroBlob(len),)).await.unwrap();
    db
}

async fn reader(db: &Database) -> BlobReader {
    db.blob_reader("b", "content", 1).await.unwrap()
}

async fn stored(db: &Database) -> Vec<u8> {
    db.query_scalar("SELECT content FROM b WHERE id = 1", ())
        .await
        .unwrap()
}

/// The only reader serves the next call at once.
async fn assert_free(db: &Database) {
    let began = Instant::now();
    count(db).await;
    assert!(began.elapsed() < SOON);
}

#[tokio::test]
async fn a_blob_is_read_whole_and_in_pieces_of_any_size() {
    let bytes = pattern(3_000_000);
    let db = with_blob(bytes.clone(), |options| options).await;
    assert_eq!(reader(&db).await.read_to_end().await.unwrap(), bytes);
    for size in [1_000, 65_536, 1_000_000, 5_000_000] {
        let mut blob = reader(&db).await;
        assert_eq!(blob.size(), 3_000_000);
        let (mut piece, mut read) = (vec![0; size], Vec::new());
        loop {
            let len = blob.read(&mut piece).await.unwrap();
            if len == 0 {
                break;
            }
            read.extend_from_slice(&piece[..len]);
            assert_eq!(blob.position(), read.len() as u64);
        }
        assert!(read == bytes, "in pieces of {size}");
    }
    assert_free(&db).await;
}

#[tokio::test]
async fn reading_goes_on_where_it_is_told() {
    let bytes = pattern(500_000);
    let db = with_blob(bytes.clone(), |options| options).await;
    let mut blob = reader(&db).await;
    for at in [499_990, 0, 70_000, 69_999, 499_999, 500_000, 900_000, 5] {
        let mut piece = [0; 10];
        blob.seek_to(at as u64);
        let len = blob.read(&mut piece).await.unwrap();
        let expected = bytes.get(at..).unwrap_or_default();
        assert_eq!(piece[..len], expected[..expected.len().min(10)], "at {at}");
    }
    assert_eq!(blob.read(&mut []).await.unwrap(), 0);
}

#[tokio::test]
async fn text_and_empty_blobs_and_odd_names_are_read() {
    let db = with_blob(Vec::new(), |options| options).await;
    for (table, column, rowid, expected) in [
        ("b", "content", 5, &b"text"[..]),
        ("b", "content", 6, b""),
        ("B", "CONTENT", 5, b"text"),
        ("odd \"name", "odd column", 1, b"\x01\x02"),
    ] {
        let mut blob = db.blob_reader(table, column, rowid).await.unwrap();
        assert_eq!(blob.read_to_end().await.unwrap(), expected);
    }
}

/// What cannot be opened: the place, for reading only or both, the error, and a part of its message.
const REFUSED: &[(&str, &str, i64, ErrorKind, &str)] = &[
    (
        "b",
        "content",
        99,
        ErrorKind::NoRows,
        "no row with this row id",
    ),
    ("b", "missing", 1, ErrorKind::Query, "no such column"),
    ("missing", "content", 1, ErrorKind::Query, "no such table"),
    ("b", "content", 2, ErrorKind::Conversion, "NULL"),
    ("b", "content", 3, ErrorKind::Conversion, "INTEGER"),
    ("b", "content", 4, ErrorKind::Conversion, "REAL"),
    ("v", "content", 1, ErrorKind::Misuse, "view"),
    ("plain", "content", 1, ErrorKind::Misuse, "without rowid"),
    ("b\0", "content", 1, ErrorKind::Misuse, "NUL"),
];

#[tokio::test]
async fn what_cannot_be_opened_says_why_and_where() {
    let db = with_blob(pattern(10), |options| options).await;
    for (table, column, rowid, kind, text) in REFUSED {
        let mut tx = db.begin().await.unwrap();
        let errors = [
            db.blob_reader(*table, *column, *rowid).await.unwrap_err(),
            tx.blob_writer(*table, *column, *rowid).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), *kind, "{error}");
            assert!(error.to_string().contains(text), "{error}");
            assert!(error.to_string().contains(column), "{error}");
            assert!(!error.to_string().contains("99"), "{error}");
        }
        tx.execute("INSERT INTO t VALUES (NULL, 1)", ())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(count(&db).await, REFUSED.len() as i64);
    for column in ["code", "parent"] {
        db.execute("UPDATE b SET code = 'abc', parent = NULL WHERE id = 1", ())
            .await
            .unwrap();
        let mut tx = db.begin().await.unwrap();
        let error = tx.blob_writer("b", column, 1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    }
    assert_free(&db).await;
}

#[tokio::test]
async fn a_blob_stays_as_it_was_when_it_was_opened() {
    let bytes = pattern(300_000);
    let db = with_blob(bytes.clone(), |options| options).await;
    let mut blob = reader(&db).await;
    db.execute("UPDATE b SET content = 'short' WHERE id = 1", ())
        .await
        .unwrap();
    db.execute("DELETE FROM b WHERE id = 1", ()).await.unwrap();
    assert_eq!(blob.read_to_end().await.unwrap(), bytes);
}

#[tokio::test]
async fn dropping_it_at_any_time_frees_the_reader() {
    let db = with_blob(pattern(300_000), |options| options).await;
    drop(db.blob_reader("b", "content", 1));
    assert_free(&db).await;
    drop(reader(&db).await);
    assert_free(&db).await;
    let mut blob = reader(&db).await;
    blob.read(&mut [0; 10]).await.unwrap();
    drop(blob);
    assert_free(&db).await;
    // Given up while it waits for the reader.
    let blob = reader(&db).await;
    let second = db
        .blob_reader("b", "content", 1)
        .deadline(Duration::from_millis(30));
    assert_eq!(second.await.unwrap_err().kind(), ErrorKind::Deadline);
    let third = db.blob_reader("b", "content", 1);
    assert!(
        tokio::time::timeout(Duration::from_millis(30), third)
            .await
            .is_err()
    );
    drop(blob);
    assert_free(&db).await;
    let stats = db.stats();
    assert_eq!(
        (stats.calls.read.in_flight, stats.read_lane.in_flight),
        (0, 0)
    );
}

#[tokio::test]
async fn the_deadline_is_for_opening_and_the_age_for_the_rest() {
    let limit = Duration::from_millis(300);
    let db = with_blob(pattern(100), |options| options.default_deadline(limit)).await;
    let mut blob = reader(&db).await;
    tokio::time::sleep(2 * limit).await;
    assert_eq!(blob.read_to_end().await.unwrap().len(), 100);
    drop(blob);

    let db = with_blob(pattern(100), |options| options.snapshot_max_age(limit)).await;
    let mut blob = reader(&db).await;
    tokio::time::sleep(2 * limit).await;
    assert_free(&db).await;
    let error = blob.read_to_end().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.to_string().contains("snapshot_max_age"), "{error}");
    let error = read(&mut blob, &mut [0; 10]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    let inner = error.get_ref().unwrap().downcast_ref::<tidegate::Error>();
    assert_eq!(inner.unwrap().kind(), ErrorKind::Deadline);
}

#[tokio::test]
async fn a_token_closes_an_open_blob() {
    let db = with_blob(pattern(100), |options| options).await;
    let token = CancelToken::new();
    let mut blob = db
        .blob_reader("b", "content", 1)
        .cancel(&token)
        .await
        .unwrap();
    token.cancel();
    assert_free(&db).await;
    assert_eq!(
        blob.read_to_end().await.unwrap_err().kind(),
        ErrorKind::Cancelled
    );
}

#[tokio::test]
async fn closing_the_database_closes_an_open_blob() {
    let db = with_blob(pattern(100), |options| options).await;
    let mut blob = reader(&db).await;
    db.close().timeout(Duration::from_millis(50)).await.unwrap();
    assert_eq!(
        blob.read_to_end().await.unwrap_err().kind(),
        ErrorKind::Closed
    );
    let error = db.blob_reader("b", "content", 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn in_memory_others_may_use_the_connection_meanwhile() {
    let db = Database::open_in_memory().await.unwrap();
    let bytes = pattern(3_000_000);
    fill(&db, bytes.clone()).await;
    let mut blob = reader(&db).await;
    db.execute("UPDATE b SET content = 'short' WHERE id = 1", ())
        .await
        .unwrap();
    blob.seek_to(10);
    assert_eq!(blob.read_to_end().await.unwrap(), bytes[10..]);
    let error = db.blob_reader("b", "content", 99).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoRows);
}

#[tokio::test]
async fn a_blob_is_written_in_pieces_of_any_size() {
    let bytes = pattern(1_000_000);
    for size in [1_000, 65_536, 1_000_000] {
        let db = with_zeroes(1_000_000).await;
        let mut tx = db.begin().await.unwrap();
        let mut blob = tx.blob_writer("b", "content", 1).await.unwrap();
        for piece in bytes.chunks(size) {
            blob.write_all(piece).await.unwrap();
        }
        blob.finish().await.unwrap();
        tx.commit().await.unwrap();
        assert!(stored(&db).await == bytes, "in pieces of {size}");
    }
}

#[tokio::test]
async fn writing_goes_on_where_it_is_told() {
    let db = with_zeroes(200_000).await;
    let mut expected = vec![0; 200_000];
    let mut tx = db.begin().await.unwrap();
    let mut blob = tx.blob_writer("b", "content", 1).await.unwrap();
    for (turn, at) in [199_990, 0, 70_000, 10, 69_995, 5].into_iter().enumerate() {
        let piece = [turn as u8 + 1; 10];
        blob.seek_to(at as u64);
        blob.write_all(&piece).await.unwrap();
        expected[at..at + 10].copy_from_slice(&piece);
    }
    blob.finish().await.unwrap();
    tx.commit().await.unwrap();
    assert!(stored(&db).await == expected);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_whole() {
    let db = with_zeroes(100).await;
    let mut tx = db.begin().await.unwrap();
    let mut blob = tx.blob_writer("b", "content", 1).await.unwrap();
    assert_eq!(blob.size(), 100);
    for (at, len) in [(0, 101), (99, 2), (100, 1), (1_000, 1)] {
        blob.seek_to(at);
        let error = blob.write_all(&vec![1; len]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooBig);
        assert!(error.to_string().contains("100 bytes are fixed"), "{error}");
    }
    blob.seek_to(98);
    blob.write_all(&[7, 8]).await.unwrap();
    blob.write_all(&[]).await.unwrap();
    blob.finish().await.unwrap();
    tx.commit().await.unwrap();
    let stored = stored(&db).await;
    assert_eq!((stored[97], stored[98], stored[99]), (0, 7, 8));
}

#[tokio::test]
async fn what_was_written_is_part_of_the_transaction() {
    let db = with_zeroes(100_000).await;
    let mut tx = db.begin().await.unwrap();
    let mut blob = tx.blob_writer("b", "content", 1).await.unwrap();
    blob.write_all(&pattern(100_000)).await.unwrap();
    blob.finish().await.unwrap();
    let seen: Vec<u8> = tx
        .query_scalar("SELECT content FROM b WHERE id = 1", ())
        .await
        .unwrap();
    assert!(seen == pattern(100_000));
    tx.rollback().await.unwrap();
    assert!(stored(&db).await == vec![0; 100_000]);
}

#[tokio::test]
async fn a_dropped_writer_leaves_the_transaction_usable() {
    let db = with_zeroes(200_000).await;
    let mut tx = db.begin().await.unwrap();
    for _ in 0..3 {
        let mut blob = tx.blob_writer("b", "content", 1).await.unwrap();
        blob.write_all(&pattern(150_000)).await.unwrap();
        drop(blob);
    }
    tx.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&db).await, 1);
    // Two full pieces were handed over; what was gathered after them is lost.
    let stored = stored(&db).await;
    assert!(stored[..131_072] == pattern(131_072));
    assert!(stored[131_072..] == vec![0; 200_000 - 131_072]);
}

#[tokio::test]
async fn an_idle_writer_is_rolled_back_with_its_transaction() {
    let limit = Duration::from_millis(300);
    let db = with_blob(pattern(100), |options| {
        options.transaction_idle_limit(limit)
    })
    .await;
    let mut tx = db.begin().await.unwrap();
    let mut blob = tx.blob_writer("b", "content", 1).await.unwrap();
    blob.write_all(&[1; 10]).await.unwrap();
    tokio::time::sleep(2 * limit).await;
    let error = blob.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(
        error.to_string().contains("transaction_idle_limit"),
        "{error}"
    );
    assert!(tx.commit().await.is_err());
    assert!(stored(&db).await == pattern(100));
    db.execute("INSERT INTO t VALUES (1, 1)", ()).await.unwrap();
}

#[tokio::test]
async fn a_write_to_a_blob_wakes_who_watches_its_table() {
    let db = with_zeroes(10).await;
    let mut watch = db.watch::<i64>("SELECT sum(content = x'01020304050607080900') FROM b", ());
    let mut other = db.watch::<i64>("SELECT count(*) FROM t", ());
    for watch in [&mut watch, &mut other] {
        while tokio::time::timeout(Duration::from_millis(300), watch.next())
            .await
            .is_ok()
        {}
    }
    let mut tx = db.begin().await.unwrap();
    let mut blob = tx.blob_writer("B", "content", 1).await.unwrap();
    blob.write_all(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
        .await
        .unwrap();
    blob.finish().await.unwrap();
    tx.commit().await.unwrap();
    let woken = tokio::time::timeout(SOON, watch.next()).await;
    assert_eq!(woken.unwrap().unwrap().unwrap(), [1]);
    assert!(
        tokio::time::timeout(Duration::from_millis(100), other.next())
            .await
            .is_err()
    );
}

// The traits.

async fn read(from: &mut (impl AsyncRead + Unpin), into: &mut [u8]) -> io::Result<usize> {
    std::future::poll_fn(|cx| Pin::new(&mut *from).poll_read(cx, into)).await
}

async fn seek(within: &mut (impl AsyncSeek + Unpin), to: SeekFrom) -> io::Result<u64> {
    std::future::poll_fn(|cx| Pin::new(&mut *within).poll_seek(cx, to)).await
}

async fn write(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<usize> {
    std::future::poll_fn(|cx| Pin::new(&mut *to).poll_write(cx, bytes)).await
}

#[tokio::test]
async fn the_traits_of_futures_io_serve_both_ends() {
    let db = with_zeroes(100).await;
    let mut tx = db.begin().await.unwrap();
    let mut blob = tx.blob_writer("b", "content", 1).await.unwrap();
    assert_eq!(seek(&mut blob, SeekFrom::End(-10)).await.unwrap(), 90);
    assert_eq!(write(&mut blob, &[9; 10]).await.unwrap(), 10);
    let error = write(&mut blob, &[9]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WriteZero);
    std::future::poll_fn(|cx| Pin::new(&mut blob).poll_flush(cx))
        .await
        .unwrap();
    std::future::poll_fn(|cx| Pin::new(&mut blob).poll_close(cx))
        .await
        .unwrap();
    let error = write(&mut blob, &[9]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    drop(blob);
    tx.commit().await.unwrap();

    let mut blob = reader(&db).await;
    let mut piece = [1; 20];
    assert_eq!(seek(&mut blob, SeekFrom::Current(85)).await.unwrap(), 85);
    assert_eq!(read(&mut blob, &mut piece).await.unwrap(), 15);
    assert_eq!(piece[..15], [0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
    assert_eq!(read(&mut blob, &mut piece).await.unwrap(), 0);
    let error = seek(&mut blob, SeekFrom::End(-101)).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn the_traits_of_tokio_serve_both_ends() {
    use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

    let bytes = pattern(300_000);
    let db = with_zeroes(300_000).await;
    let mut tx = db.begin().await.unwrap();
    let mut blob = tx.blob_writer("b", "content", 1).await.unwrap();
    tokio::io::copy(&mut &bytes[..], &mut blob).await.unwrap();
    blob.seek(SeekFrom::Start(0)).await.unwrap();
    blob.write_u8(255).await.unwrap();
    blob.shutdown().await.unwrap();
    drop(blob);
    tx.commit().await.unwrap();

    let mut blob = reader(&db).await;
    assert_eq!(blob.read_u8().await.unwrap(), 255);
    let mut read = Vec::new();
    tokio::io::copy(&mut blob, &mut read).await.unwrap();
    assert!(read == bytes[1..]);
    blob.seek(SeekFrom::End(-1)).await.unwrap();
    assert_eq!(blob.read_u8().await.unwrap(), bytes[299_999]);
    assert!(blob.read_u8().await.is_err());
}
