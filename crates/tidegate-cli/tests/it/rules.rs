//! `rules`: files checked, tried on cases and on a database.

use crate::place::on_file;
use crate::support::Workdir;

const RULES: &str = r#"
[[rule]]
name = "queue_long"
metric = "queue_length"
window = "1m"
operator = ">"
threshold = 100
for = "5m"
severity = "warning"

[[rule.escalation]]
after = "10m"
severity = "critical"
"#;

const CASES: &str = r#"
[[case]]
name = "a long queue fires after five minutes, and escalates"

[[case.series]]
series = 'queue_length{queue="mail"}'
values = "10x2 250x20"

[[case.series]]
series = 'queue_length{queue="print"}'
values = "1x22"

[[case.expect]]
at = "2m"
rule = "queue_long"
state = "none"

[[case.expect]]
at = "6m"
rule = "queue_long"
state = "pending"
count = 1

[[case.expect]]
at = "9m"
rule = "queue_long"
state = "firing"
match = 'queue="mail"'
severity = "warning"

[[case.expect]]
at = "20m"
rule = "queue_long"
state = "firing"
severity = "critical"
"#;

fn directory() -> Workdir {
    let dir = Workdir::new();
    dir.write("rules.toml", RULES);
    dir.write("cases.toml", CASES);
    dir
}

#[test]
fn every_mistake_of_a_file_is_told_with_its_line() {
    let dir = directory();
    let good = dir.run(["rules", "check", "rules.toml"]).expect_code(0);
    assert_eq!(good.stdout.trim(), "1 rule is as it must be");
    let wrong = RULES
        .replace("\">\"", "\"=>\"")
        .replace("for = \"5m\"", "for = \"soon\"");
    dir.write("wrong.toml", wrong);
    let told = dir
        .run(["rules", "check", "wrong.toml"])
        .expect_code(1)
        .stdout;
    for piece in [
        "wrong.toml:6:",
        "rule queue_long: operator",
        "wrong.toml:8:",
        "for",
    ] {
        assert!(told.contains(piece), "no {piece} in {told}");
    }
    let json = dir
        .run(["rules", "check", "wrong.toml", "--json"])
        .expect_code(1)
        .json();
    assert_eq!(json["ok"], false);
    assert_eq!(
        (&json["mistakes"][0]["line"], &json["mistakes"][1]["field"]),
        (&6.into(), &"for".into())
    );
    let failed = dir
        .run(["rules", "test", "wrong.toml", "--cases", "cases.toml"])
        .expect_code(1);
    failed.expect_error(&["wrong.toml, line 6", "all 2 mistakes"]);
    dir.run(["rules", "check", "nothing.toml"])
        .expect_code(1)
        .expect_error(&["nothing.toml"]);
}

#[test]
fn cases_that_are_as_expected() {
    let dir = directory();
    let args = ["rules", "test", "rules.toml", "--cases", "cases.toml"];
    let run = dir.run(args).expect_code(0);
    assert!(run.stdout.contains("escalates: ok"), "{}", run.stdout);
    assert_eq!(dir.files(), ["cases.toml", "rules.toml"]);
}

#[test]
fn cases_that_are_not_say_what_was_found_and_why() {
    let dir = directory();
    dir.write("cases.toml", CASES.replace("at = \"9m\"", "at = \"5m\""));
    let args = ["rules", "test", "rules.toml", "--cases", "cases.toml"];
    let told = dir.run(args).expect_code(1).stdout;
    for piece in [
        "not as expected",
        "at 5m, queue_long",
        "expected an alert firing",
        "found pending",
        "fires after",
    ] {
        assert!(told.contains(piece), "no {piece} in {told}");
    }
    let json = dir
        .run([&args[..], &["--json"]].concat())
        .expect_code(1)
        .json();
    assert_eq!(
        (&json["ok"], &json["cases"][0]["surprises"][0]["at"]),
        (&false.into(), &"5m".into())
    );
}

#[test]
fn cases_that_are_wrong_say_where() {
    let dir = directory();
    for (from, to, pieces) in [
        ("250x20", "250x", &["mail", "250x"] as &[&str]),
        (
            "state = \"none\"",
            "state = \"no\"",
            &["wrong.toml, line", "none"],
        ),
        ("at = \"2m\"", "at = \"soon\"", &["wrong.toml, line"]),
        (
            "rule = \"queue_long\"\nstate = \"none\"",
            "rule = \"x\"\nstate = \"none\"",
            &["no rule x"],
        ),
        ("queue=\"print\"", "queue!=\"print\"", &["`=`"]),
        ("[[case.expect]]", "[[case.expects]]", &["expects"]),
        (
            "at = \"20m\"",
            "at = \"9000days\"",
            &["evaluations", "every"],
        ),
    ] {
        dir.write("wrong.toml", CASES.replace(from, to));
        let args = ["rules", "test", "rules.toml", "--cases", "wrong.toml"];
        dir.run(args).expect_code(1).expect_error(pieces);
    }
    dir.run(["rules", "test", "rules.toml"])
        .expect_code(2)
        .expect_error(&["--cases"]);
}

#[test]
fn rules_are_tried_on_a_database_and_nothing_is_kept() {
    let dir = directory();
    on_file(
        &dir,
        &[
            "metrics",
            "record",
            "queue_length",
            "250",
            "-l",
            "queue=mail",
        ],
    )
    .expect_code(0);
    let told = on_file(&dir, &["rules", "test", "rules.toml"])
        .expect_code(0)
        .stdout;
    for piece in ["queue_long", "queue=\"mail\"", "250", "fires after 5m"] {
        assert!(told.contains(piece), "no {piece} in {told}");
    }
    let json = on_file(&dir, &["rules", "test", "rules.toml", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(json["rules"][0]["fires"], true);
    let listed = on_file(&dir, &["rules", "list"]).expect_code(0);
    assert_eq!(listed.stdout.trim(), "no rules");
}
