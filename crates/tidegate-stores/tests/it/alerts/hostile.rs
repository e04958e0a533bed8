//! Texts that want to be more than texts.

use tidegate_stores::alerts::{self, Action, Filter, NewSilence, Pushed, Rule, Severity, Trigger};
use tidegate_stores::{JsonText, Labels, Matcher, Operator};

use super::{evaluate, get, high, only, read, set_rules, story, trigger, with, write};
use crate::support::{at, open};

/// Each on one line, so that it may stand wherever a text may.
const HOSTILE: &[&str] = &[
    "'; DROP TABLE tg_alert; --",
    "\" OR 1=1 --",
    "{{ $value }}",
    "<script>alert(1)</script>",
    "%s%n %00 \\0 \\",
    "$(reboot) `reboot` | reboot",
    "\u{202e}gnp.exe",
    "é漢字🦀\u{301}",
    "[]",
    "{}",
    "null",
];

#[test]
fn they_are_kept_as_they_are_in_every_field() {
    let db = open();
    for text in HOSTILE {
        let mut one = Trigger::new(*text, Severity::Warning, *text, *text);
        one.labels = Labels::new([("x", text)]).unwrap();
        one.details = Some(JsonText::from_value("details", text).unwrap());
        let id = trigger(&db, at(0), one).alert().unwrap();
        let alert = get(&db, id);
        assert_eq!(
            (&*alert.name, &*alert.annotations["message"]),
            (*text, *text)
        );
        assert_eq!(alert.labels.get("x"), Some(*text));
        let filter = {
            let mut filter = Filter::default();
            filter.name = Some((*text).to_owned());
            filter.matchers = vec![Matcher::new("x", Operator::Equal, text).unwrap()];
            filter
        };
        let asked = filter.clone();
        let page = read(&db, move |tx| alerts::active(tx, &asked, None, 10)).unwrap();
        assert_eq!(page.items, [alert]);

        let silence = NewSilence {
            matchers: filter.matchers,
            author: (*text).to_owned(),
            comment: (*text).to_owned(),
            starts_at: at(0),
            ends_at: at(10),
        };
        let made = write(&db, move |tx| alerts::silence(tx, at(0), silence)).unwrap();
        let silence = read(&db, move |tx| alerts::get_silence(tx, made)).unwrap();
        assert_eq!((&*silence.author, &*silence.comment), (*text, *text));
        assert_eq!(get(&db, id).silenced_by, [made]);

        let action = Action::new(*text, *text);
        write(&db, move |tx| alerts::resolve(tx, at(1), id, &action)).unwrap();
        let last = story(&db, id).transitions.pop().unwrap();
        assert_eq!((last.who.as_deref(), &*last.why), (Some(*text), *text));
    }
    let left: i64 = db
        .query_scalar("SELECT count(*) FROM tg_alert", ())
        .unwrap();
    assert_eq!(usize::try_from(left).unwrap(), HOSTILE.len());
}

#[test]
fn they_do_no_harm_in_rules_and_what_is_pushed() {
    for text in HOSTILE {
        let db = open();
        let rule: Rule = with(high(), |rule| {
            rule.name = (*text).to_owned();
            rule.labels = Labels::new([("x", text)]).unwrap();
            rule.annotations
                .insert("summary".to_owned(), "{{ $labels.host }}".to_owned());
        });
        set_rules(&db, at(0), vec![rule]);
        super::measure(&db, at(0), text, 2.0);
        evaluate(&db, at(0));
        let alert = only(&db);
        assert_eq!(
            (&*alert.name, &*alert.annotations["summary"]),
            (*text, *text)
        );
        let name = (*text).to_owned();
        let explained = read(&db, move |tx| alerts::explain(tx, at(0), &name)).unwrap();
        assert_eq!(explained.series[0].alert, Some(alert));

        let pushed = Pushed {
            labels: Labels::new([("alertname", *text), ("severity", *text), ("y", *text)]).unwrap(),
            annotations: [("a".to_owned(), (*text).to_owned())].into(),
            generator_url: Some((*text).to_owned()),
            ..Pushed::default()
        };
        let done = write(&db, move |tx| alerts::ingest(tx, at(0), vec![pushed], text)).unwrap();
        assert_eq!(done.opened, 1);
    }
}
