//! Tests of what is told from SQL's words.

use super::{holds_several, yields_rows};

#[test]
fn statements_that_are_there_for_their_rows() {
    for sql in [
        "SELECT 1",
        "  -- why\n /* and */ select 1",
        "VALUES (1)",
        "pragma table_list",
        "EXPLAIN QUERY PLAN DELETE FROM t",
        "WITH n AS (SELECT 1) SELECT * FROM n",
        "INSERT INTO t VALUES (1) RETURNING id",
        "WITH n AS (SELECT 1) INSERT INTO t SELECT * FROM n RETURNING id",
    ] {
        assert!(yields_rows(sql), "{sql}");
    }
}

#[test]
fn statements_that_are_not() {
    for sql in [
        "",
        "INSERT INTO t VALUES (1)",
        "CREATE TABLE returning_things (a)",
        "WITH n AS (SELECT 1) DELETE FROM t",
        "VACUUM",
    ] {
        assert!(!yields_rows(sql), "{sql}");
    }
}

#[test]
fn texts_of_several_statements() {
    for sql in [
        "SELECT 1; SELECT 2",
        ";;a;b",
        "a; -- c\n b",
        "CREATE TRIGGER x BEGIN SELECT 1; END",
    ] {
        assert!(holds_several(sql), "{sql}");
    }
    for sql in [
        "",
        ";",
        "SELECT 1;",
        "SELECT 1 ; -- and; that; is all\n /* ; x */ ; ",
        "SELECT ';a', \";b\", [;c], `;d`, 'it''s;'",
        "SELECT 'unclosed; text",
        "SELECT 1 -- ; x",
        "SELECT 1 /* ; x",
    ] {
        assert!(!holds_several(sql), "{sql}");
    }
}
