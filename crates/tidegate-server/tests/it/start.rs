//! Starting: what stands in the way is told, and nothing is made by a start that fails.

use std::net::SocketAddr;

use tempfile::tempdir;
use tidegate::Database;
use tidegate_server::{Config, ServeError, Server};

use crate::support::TestServer;

fn config(path: &std::path::Path) -> Config {
    let mut config = Config::default();
    config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    config.database.path = path.to_owned();
    config
}

async fn refused(config: Config) -> ServeError {
    Server::start(config).await.unwrap_err()
}

#[tokio::test]
async fn a_taken_port_is_told_and_no_database_is_made() {
    let taken = TestServer::start().await;
    let dir = tempdir().unwrap();
    let path = dir.path().join("new.db");
    let mut config = config(&path);
    config.server.listen = taken.url.trim_start_matches("http://").parse().unwrap();
    let error = refused(config).await;
    assert!(
        error.to_string().ends_with("another program does"),
        "{error}"
    );
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_that_is_no_database_stays_as_it_is() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("letter.db");
    let text = "Dear reader, this is no database, and never was one. ".repeat(40);
    tokio::fs::write(&path, &text).await.unwrap();
    let error = refused(config(&path)).await;
    assert!(matches!(error, ServeError::Database { .. }), "{error}");
    assert!(error.to_string().contains("letter.db"), "{error}");
    assert_eq!(tokio::fs::read_to_string(&path).await.unwrap(), text);
}

#[tokio::test]
async fn a_database_of_a_later_version_is_refused() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("later.db");
    let db = Database::open(&path).await.unwrap();
    db.execute("PRAGMA user_version = 9999", ()).await.unwrap();
    db.close().await.unwrap();
    let error = refused(config(&path)).await.to_string();
    assert!(
        error.contains("bring up to date") && error.contains("9999"),
        "{error}"
    );
}

#[tokio::test]
async fn a_missing_directory_is_told() {
    let dir = tempdir().unwrap();
    let error = refused(config(&dir.path().join("none/test.db"))).await;
    assert!(error.to_string().contains("cannot open"), "{error}");
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart_and_the_key_holds() {
    let server = TestServer::start().await;
    server.record_event("before").await.expect(201);
    let server = server.stop().await.start_again().await;
    server.record_event("after").await.expect(201);
    assert_eq!(server.titles().await, ["after", "before"]);
}
