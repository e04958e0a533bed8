//! What several pages are built from.

use maud::{Markup, html};

/// A list that a module fills in: its rows, and what stands there while there are none.
pub(super) fn list(id: &str, label: &str) -> Markup {
    html! {
        div .list id=(id) {
            div .state {}
            ul .rows aria-label=(label) {}
            button .more type="button" hidden { "Show more" }
        }
    }
}

/// A part of a page under a heading, with an empty place that a module fills in.
pub(super) fn panel(id: &str, title: &str) -> Markup {
    html! {
        section .panel aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (title) }
            div .filled id=(id) {}
        }
    }
}

/// A choice, labelled; the first is chosen unless one is named.
pub(super) fn choice(name: &str, label: &str, chosen: &str, choices: &[(&str, &str)]) -> Markup {
    html! {
        label .field {
            span { (label) }
            select name=(name) {
                @for (value, text) in choices {
                    option value=(value) selected[*value == chosen] { (text) }
                }
            }
        }
    }
}

/// A line of text, labelled.
pub(super) fn text(name: &str, label: &str, placeholder: &str) -> Markup {
    html! {
        label .field .wide {
            span { (label) }
            input name=(name) type="text" placeholder=(placeholder) autocomplete="off" spellcheck="false";
        }
    }
}

/// A drawer at the side, in which a module tells more of one thing.
pub(super) fn drawer(id: &str) -> Markup {
    html! {
        dialog .drawer id=(id) aria-labelledby={ (id) "-title" } {
            div .drawer-head {
                h2 id={ (id) "-title" } {}
                button .quiet type="button" data-closes="" { "Close" }
            }
            div .drawer-body {}
        }
    }
}
