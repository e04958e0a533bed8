//! Tests of JSON columns.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::Json;
use crate::decode::{ColumnNames, decode_row};
use crate::error::{ErrorKind, Result};
use crate::params::IntoParams;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Settings {
    theme: String,
    sizes: Vec<u32>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct User {
    id: i64,
    settings: Json<Settings>,
    more: Option<Json<Settings>>,
}

fn settings() -> Settings {
    Settings {
        theme: "dark".into(),
        sizes: vec![1, 2],
    }
}

fn read<T: serde::de::DeserializeOwned>(sql: &str, params: impl IntoParams) -> Result<T> {
    let connection = Connection::open_in_memory().unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    params.into_params()?.bind(&mut statement)?;
    let mut rows = statement.raw_query();
    decode_row(rows.next().unwrap().unwrap(), &ColumnNames::new())
}

#[test]
fn a_document_is_written_and_read() {
    let param = Json(settings());
    assert_eq!(
        read::<String>("SELECT ?1", (param.clone(),)).unwrap(),
        r#"{"theme":"dark","sizes":[1,2]}"#
    );
    assert_eq!(
        read::<Json<Settings>>("SELECT ?1", (param.clone(),)).unwrap(),
        param
    );
    assert_eq!(
        read::<(i64, Json<Settings>)>("SELECT 1, ?1", (&param,))
            .unwrap()
            .1,
        param
    );
    let user = read::<User>(
        "SELECT 1 AS id, ?1 AS settings, NULL AS more",
        (param.clone(),),
    )
    .unwrap();
    assert_eq!(
        user,
        User {
            id: 1,
            settings: param,
            more: None
        }
    );
    assert_eq!(
        read::<Json<Option<i64>>>("SELECT 'null'", ()).unwrap(),
        Json(None)
    );
}

#[test]
fn elsewhere_it_is_just_its_content() {
    let user = User {
        id: 1,
        settings: Json(settings()),
        more: None,
    };
    let json = r#"{"id":1,"settings":{"theme":"dark","sizes":[1,2]},"more":null}"#;
    assert_eq!(serde_json::to_string(&user).unwrap(), json);
    assert_eq!(serde_json::from_str::<User>(json).unwrap(), user);
}

#[test]
fn what_is_no_such_document_is_refused_without_quoting_it() {
    let cases = [
        (
            "'{\"theme\": \"secret\"}'",
            "JSON of the wanted shape (fails at line 1, column 19), found TEXT with another content",
        ),
        (
            "'{\"theme\": '",
            "JSON that does not break off (fails at line 1, column 10), found TEXT with another content",
        ),
        (
            "'secret'",
            "well-formed JSON (fails at line 1, column 1), found TEXT with another content",
        ),
        ("7", "JSON in TEXT, found INTEGER"),
        ("NULL", "JSON in TEXT, found NULL"),
    ];
    for (sql, message) in cases {
        let error = read::<Json<Settings>>(&format!("SELECT {sql} AS c"), ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conversion);
        assert_eq!(error.to_string(), format!("column `c`: expected {message}"));
    }
}

#[test]
fn what_json_cannot_express_is_refused() {
    let unwritable = Json(std::collections::HashMap::from([(vec![1], "secret")]));
    let error = read::<String>("SELECT ?1", (unwritable,)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conversion);
    assert!(!error.to_string().contains("secret"), "{error}");
}
