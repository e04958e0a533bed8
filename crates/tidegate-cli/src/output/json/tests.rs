//! Tests of JSON output.

use super::*;

#[test]
fn values_keep_their_type() {
    for (value, text) in [
        (Value::Null, "null"),
        (Value::Integer(i64::MIN), "-9223372036854775808"),
        (Value::Real(1.0), "1.0"),
        (Value::Real(f64::INFINITY), r#"{"$real":"inf"}"#),
        (Value::Text("a\"b\n".to_owned()), r#""a\"b\n""#),
        (Value::Blob(vec![0, 255]), r#"{"$base64":"AP8="}"#),
    ] {
        assert_eq!(to_text(&value_to_json(&value)), text);
    }
}

#[test]
fn what_a_terminal_could_obey_is_escaped_and_means_the_same() {
    let text = "a\u{1b}[2Jb\u{9b}c\u{202e}\u{7f}d";
    let written = to_text(&Json::from(text));
    assert_eq!(written, r#""a\u001b[2Jb\u009bc\u202e\u007fd""#);
    assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
}

#[test]
fn columns_of_one_name_are_told_apart() {
    let names = ["id", "id", "id_2", "id"].map(str::to_owned);
    assert_eq!(distinct(&names), ["id", "id_2", "id_2_2", "id_3"]);
}
