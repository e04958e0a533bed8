//! Rules, inhibitions, targets, routes and probes, and each kind of mistake in them.

use std::time::Duration;

use super::sources;
use crate::config::Config;

const WHOLE: &str = r#"
[alerts]
evaluate_every = "5s"
external_url = "https://tidegate.example.org"
resolve_timeout = "10m"

[[rule]]
name = "disk_full"
metric = "disk_used_ratio"
matchers = ['mount!="/tmp"']
aggregate = "last"
operator = ">="
threshold = 0.9
for = "10m"
severity = "critical"
annotations = { summary = "{{ $labels.mount }} is {{ $value }} full" }
escalation = [{ after = "30m", severity = "emergency", targets = ["oncall"] }]

[[inhibit]]
name = "host_down"
source = ['alertname="host_down"']
target = ['alertname="disk_full"']
equal = ["instance"]

[[target]]
name = "everybody"
console = {}

[[target]]
name = "oncall"
min_severity = "critical"
rate_limit = { count = 10, period = "1h" }
webhook = { url = "https://hooks.example.org/tidegate", signing_secret = "env:HOOK_SECRET" }

[[route]]
name = "database"
matchers = ['team="database"']
targets = ["oncall"]
group_wait = "10s"
continue = true

[default_route]
targets = ["everybody"]

[[probe]]
name = "disk"
argv = ["df", "--output=pcent", "/"]
every = "30s"
inherit_env = ["PATH"]
parse = { kind = "regex", pattern = '(?<disk_used_percent>\d+)%' }
labels = { mount = "/" }
"#;

fn load(text: &str) -> Config {
    let loaded = sources(&[], &[]).put_together(Some(text)).unwrap();
    loaded.config().clone()
}

#[test]
fn a_whole_configuration_reaches_the_stores() {
    let config = load(WHOLE);
    assert_eq!(config.rule[0].hold, Duration::from_secs(600));
    let targets = config.stored_targets().unwrap();
    let kinds: Vec<&str> = targets.iter().map(|target| target.kind.as_str()).collect();
    assert_eq!(kinds, ["console", "webhook"]);
    assert!(!targets[1].settings.as_str().contains("secret\":\"s"));
    assert_eq!(targets[1].rate_limit.map(|limit| limit.count), Some(10));
    let routes = config.stored_routes().unwrap();
    assert!(routes.list[0].goes_on);
    assert_eq!(routes.list[0].group_wait, Duration::from_secs(10));
    assert_eq!(routes.default.targets, ["everybody"]);
    let labels = config.probe[0].metric_labels().unwrap();
    assert_eq!(
        (labels.get("probe"), labels.get("mount")),
        (Some("disk"), Some("/"))
    );
}

#[test]
fn what_is_shown_of_a_configuration_is_that_configuration() {
    let config = load(WHOLE);
    let text = toml::to_string(&config).unwrap();
    assert_eq!(load(&text), config);
}

#[test]
fn without_targets_everything_goes_to_the_log() {
    let config = load("");
    let targets = config.stored_targets().unwrap();
    assert_eq!((targets.len(), &*targets[0].name), (1, "log"));
    assert_eq!(config.stored_routes().unwrap().default.targets, ["log"]);
}

#[test]
fn a_rule_of_the_file_takes_the_place_of_a_built_in_one() {
    let text = "[[rule]]\nname = \"memory_high\"\nmetric = \"m\"\noperator = \">\"\nthreshold = 1\nseverity = \"info\"";
    let names = |config: &Config| -> Vec<String> {
        let rules = crate::config::builtin_rules(config);
        rules.into_iter().map(|rule| rule.name).collect()
    };
    let (all, rest) = (names(&load("")), names(&load(text)));
    assert_eq!(all.len(), rest.len() + 1);
    assert!(!rest.contains(&"memory_high".to_owned()));
    assert!(names(&load("[alerts]\nbuiltin_rules = false")).is_empty());
}

#[test]
fn each_mistake_is_told_with_its_line() {
    // A whole rule but for what is tested, on lines 1 to 6.
    let rule = |line: &str| {
        format!(
            "[[rule]]\nname = \"r\"\nmetric = \"m\"\noperator = \">\"\nthreshold = 1\nseverity = \"info\"\n{line}\n"
        )
    };
    let target = |line: &str| format!("[[target]]\nname = \"t\"\n{line}\n");
    let route = |line: &str| format!("[[route]]\nname = \"r\"\ntargets = [\"log\"]\n{line}\n");
    let probe = |line: &str| {
        format!(
            "[[probe]]\nname = \"p\"\nparse = {{ kind = \"number\", metric = \"m\" }}\n{line}\n"
        )
    };
    let twice = |text: &str| format!("{text}\n{text}");
    let cases = [
        (rule("treshold = 2"), 7, "unknown field `treshold`"),
        (rule("window = \"soon\""), 7, "soon"),
        (rule("window = \"0s\""), 7, "rule[0].window"),
        (rule("matchers = [\"a~b\"]"), 7, ""),
        (rule("matchers = ['a=~\"(\"']"), 7, ""),
        (
            rule("annotations = { a = \"{{ $nothing }}\" }"),
            7,
            "rule[0].annotations",
        ),
        (rule("labels = { \"no-label\" = \"x\" }"), 7, ""),
        (rule("no_data = \"panic\""), 7, "unknown variant"),
        (
            rule("escalation = [{ after = \"1m\", targets = [\"nobody\"] }]"),
            7,
            "no target `nobody`",
        ),
        (twice(&rule("")), 10, "another rule has it"),
        ("[[rule]]\nname = \"r\"\n".to_owned(), 1, "missing field"),
        (
            "[[inhibit]]\nname = \"i\"\nsource = ['a=~\".*\"']\ntarget = ['b=\"1\"']".to_owned(),
            3,
            "inhibit[0].source",
        ),
        (target(""), 1, "exactly one of"),
        (target("log = {}\nconsole = {}"), 1, "exactly one of"),
        (
            target("log = {}\nconcurrency = 0"),
            4,
            "target[0].concurrency",
        ),
        (
            target("log = {}\nmin_severity = \"bad\""),
            4,
            "unknown variant",
        ),
        (
            target("webhook = { url = \"ftp://x\" }"),
            3,
            "target[0].webhook",
        ),
        (
            target("webhook = { url = \"https://x.example\", signing_secret = \"plain\" }"),
            3,
            "secrets do not belong",
        ),
        (
            target("webhook = { link = \"https://x.example\" }"),
            3,
            "unknown field `link`",
        ),
        (twice(&target("log = {}")), 6, "another target has it"),
        (route("matchers = [\"nonsense\"]"), 4, "route[0].matchers"),
        (
            route("repeat_interval = \"1s\""),
            4,
            "route[0].repeat_interval",
        ),
        (
            "[[route]]\nname = \"r\"\ntargets = [\"nobody\"]".to_owned(),
            3,
            "there is no target",
        ),
        (
            "[default_route]\ntargets = [\"nobody\"]".to_owned(),
            2,
            "there is no target",
        ),
        (probe("argv = []"), 4, "probe[0].argv"),
        (
            probe("argv = [\"x\"]\nevery = \"1ms\""),
            5,
            "probe[0].every",
        ),
        (
            probe("argv = [\"x\"]\nlabels = { probe = \"q\" }"),
            5,
            "probe[0].labels",
        ),
        (
            "[alerts]\nevaluate_every = \"2h\"".to_owned(),
            2,
            "between 100ms and 1h",
        ),
        (
            "[alerts]\nexternal_url = \"example.org\"".to_owned(),
            2,
            "http://",
        ),
        ("[alerts]\nrate_occurrences = 0".to_owned(), 2, "at least 1"),
    ];
    for (text, line, reason) in cases {
        let error = sources(&[], &[]).put_together(Some(&text)).unwrap_err();
        assert_eq!(error.line(), Some(line), "{error}\n{text}");
        assert!(error.to_string().contains(reason), "{error}\n{text}");
        assert!(!error.to_string().contains("plain\""), "{error}");
    }
}

#[test]
fn the_guide_shows_a_configuration_that_loads() {
    let guide = include_str!("../../../../../docs/alerts.md");
    let blocks = guide.split("```toml\n").skip(1);
    let text: Vec<&str> = blocks
        .map(|block| block.split("```").next().unwrap())
        .collect();
    let config = load(&text.concat());
    assert_eq!((config.rule.len(), config.target.len()), (1, 4));
    assert_eq!((config.route.len(), config.probe.len()), (1, 1));
    assert_eq!(config.inhibit.len(), 1);
}
