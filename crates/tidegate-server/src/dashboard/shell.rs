//! What all pages have around them: head, navigation, dialogs.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets::Bundle;
use super::icons::{brand, icon};
use super::pages::{ALL, Page};
use super::policy;

/// The styles, in the order in which later ones refine earlier ones.
const STYLES: &[&str] = &[
    "css/tokens.css",
    "css/base.css",
    "css/frame.css",
    "css/parts.css",
    "css/pages.css",
];

/// The shortcuts that every page knows, as keys and meaning.
const SHORTCUTS: &[(&str, &str)] = &[
    ("j  k", "Next and previous item of a list"),
    ("Enter", "Open the item"),
    ("a", "Acknowledge the alert"),
    ("s", "Suppress the alert"),
    ("r", "Resolve the alert"),
    ("/", "Search or filter"),
    ("g then 1…8", "Go to a page"),
    ("t", "Switch between dark and light"),
    ("Esc", "Close what is open"),
    ("?", "This list"),
];

/// The whole page as a response.
pub(super) fn respond(page: &'static Page, key_name: &str, bundle: &Bundle) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, policy::OF_PAGES),
    ];
    (headers, document(page, key_name, bundle).into_string()).into_response()
}

fn document(page: &'static Page, key_name: &str, bundle: &Bundle) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(page, bundle))
            body {
                a .skip href="#main" { "Skip to the content" }
                (top(key_name))
                (navigation(page))
                main #main tabindex="-1" {
                    h1 { (page.title) }
                    ((page.body)())
                }
                div #toasts role="status" aria-live="polite" {}
                (shortcuts())
                noscript { p .noscript { "The dashboard needs JavaScript; the API does not." } }
            }
        }
    }
}

fn head(page: &'static Page, bundle: &Bundle) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (page.title) " · Tidegate" }
            link rel="icon" type="image/svg+xml" href=(bundle.url("icon.svg"));
            @for style in STYLES.iter().chain(page.styles) {
                link rel="stylesheet" href=(bundle.url(style));
            }
            // Before anything is drawn, so that the other theme never flashes up.
            script src=(bundle.url("js/theme.js")) {}
            @for script in page.scripts {
                script defer src=(bundle.url(script)) {}
            }
            script type="module" src=(bundle.url(page.module)) {}
        }
    }
}

fn top(key_name: &str) -> Markup {
    html! {
        header .top {
            a .brand href="/dashboard" { (brand()) span { "Tidegate" } }
            p #live .live data-state="off" role="status" { span .dot aria-hidden="true" {} span .text {} }
            div .tools {
                button #theme .quiet type="button" title="Dark or light (t)" {
                    (icon("M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9Z"))
                    span .hidden { "Switch between dark and light" }
                }
                button #help .quiet type="button" title="Keyboard shortcuts (?)" {
                    (icon("M4 6h16v12H4ZM8 10h.01M12 10h.01M16 10h.01M8 14h8"))
                    span .hidden { "Keyboard shortcuts" }
                }
                form method="post" action="/logout" {
                    button .quiet type="submit" title={ "Signed in with the key " (key_name) } {
                        (icon("M10 4H5v16h5M14 8l4 4-4 4M18 12H9"))
                        span .hidden { "Sign out" }
                    }
                }
            }
        }
    }
}

fn navigation(current: &'static Page) -> Markup {
    html! {
        nav .pages aria-label="Pages" {
            ul {
                @for page in ALL {
                    li {
                        a href=(page.path) aria-current=[(page.path == current.path).then_some("page")] {
                            (icon(page.icon)) span { (page.title) }
                        }
                    }
                }
            }
            p .version { a href="/api/v1/docs" { "API" } " · Tidegate " (env!("CARGO_PKG_VERSION")) }
        }
    }
}

fn shortcuts() -> Markup {
    html! {
        dialog #shortcuts aria-labelledby="shortcuts-title" {
            h2 #shortcuts-title { "Keyboard shortcuts" }
            dl .keys {
                @for (keys, meaning) in SHORTCUTS {
                    div {
                        dt { kbd { (keys) } }
                        dd { (meaning) }
                    }
                }
            }
            form method="dialog" { button type="submit" { "Close" } }
        }
    }
}
