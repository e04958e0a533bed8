//! Tests of files of rules.

use super::*;

const GOOD: &str = r#"
[server]
listen = "127.0.0.1:0"

[[rule]]
name = "queue_long"
metric = "queue_length"
matchers = ['queue="mail"']
operator = ">"
threshold = 100
for = "5m"
severity = "warning"

[[rule.escalation]]
after = "30m"
severity = "critical"

[[rule]]
name = "up"
metric = "up"
aggregate = "last"
operator = "=="
threshold = 0.0
severity = "emergency"
no_data = "alert"
"#;

#[test]
fn a_good_file_gives_its_rules_in_order() {
    let rules = read_rules(GOOD).unwrap();
    let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["queue_long", "up"]);
    assert_eq!(read_rules(""), Ok(Vec::new()));
}

#[test]
fn every_other_section_of_a_configuration_may_stand_beside_the_rules() {
    let sections = toml::Table::try_from(Config::default()).unwrap();
    assert!(sections.len() > 5);
    for name in sections.keys() {
        assert_eq!(
            read_rules(&format!("[[{name}]]\n")).is_ok(),
            name != SECTION,
            "{name}"
        );
    }
    check("[[sever]]", &["1 there is no section sever"]);
}

/// The mistakes as `line field: the beginning of the reason`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found = read_rules(text).unwrap_err();
    let shown: Vec<String> = found
        .iter()
        .map(|one| match &one.field {
            Some(field) => format!("{} {field}: {}", one.line, one.reason),
            None => format!("{} {}", one.line, one.reason),
        })
        .collect();
    assert_eq!(shown.len(), expected.len(), "{shown:#?}");
    for (shown, expected) in shown.iter().zip(expected) {
        assert!(shown.starts_with(expected), "{shown:#?}\n{expected}");
    }
}

#[test]
fn every_mistake_has_its_line() {
    let several = r#"[[rule]]
name = "a"
metric = "no-name"
operator = ">"
threshold = 1
severity = "warning"

[[rule]]
name = "b"
metric = "up"
operator = "=>"
threshold = "one"
severity = "bad"
fro = "5m"

[[rule]]
name = "a"
metric = "up"
operator = ">"
threshold = 1
severity = "info"
"#;
    check(
        several,
        &[
            "3 metric: ",
            "11 operator: ",
            "12 threshold: ",
            "13 severity: ",
            "14 fro: unknown field",
            "17 name: another rule",
        ],
    );
    let found = read_rules(several).unwrap_err();
    assert_eq!(found[1].rule.as_deref(), Some("b"));
}

#[test]
fn mistakes_of_each_kind() {
    let rule = |more: &str| {
        format!(
            "[[rule]]\nname = \"a\"\nmetric = \"up\"\noperator = \">\"\nthreshold = 1\nseverity = \"info\"\n{more}"
        )
    };
    check("[[rule]]\nname = \"a\"\n", &["1 missing field"]);
    check("rule = 1", &["1 must be written as [[rule]]"]);
    check("[rule]\nname = \"a\"\n", &["1 must be written as [[rule]]"]);
    check("rule = [1]", &["1 "]);
    check(
        "[[rules]]\nname = \"a\"\n",
        &["1 there is no section rules"],
    );
    check("[[rule]\nname = 1\n", &["1 "]);
    check("\n\nx = \n", &["3 "]);
    check(&rule("for = \"soon\"\n"), &["7 for: "]);
    check(&rule("window = \"1ms\"\n"), &["7 window: must be a second"]);
    check(&rule("matchers = ['x=~\"(\"']\n"), &["7 matchers: "]);
    check(
        &rule("[rule.labels]\nseverity = \"x\"\n"),
        &["8 labels.severity: "],
    );
    check(
        &rule("[rule.annotations]\nsummary = \"{{ $valu }}\"\n"),
        &["8 annotations.summary"],
    );
    check(
        &rule("[[rule.escalation]]\nafter = \"5m\"\n"),
        &["7 escalation[0].targets"],
    );
    check(
        &rule("[[rule.escalation]]\nafter = \"x\"\nseverity = \"critical\"\n"),
        &["8 escalation: "],
    );
}
