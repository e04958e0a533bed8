//! The few icons, drawn as lines in the colour of the text around them.

use maud::{Markup, html};

/// The mark of the product: a wave under a gate.
pub(super) fn brand() -> Markup {
    icon("M4 6h16M6 6v8M18 6v8M2 18c2.5-2.5 4.5-2.5 7 0s4.500 2.500 7 0 4-2.500 6-.500")
}

/// An icon whose lines run along `path`, in a field of 24 by 24.
pub(super) fn icon(path: &str) -> Markup {
    html! {
        svg .icon viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.8"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
            path d=(path) {}
        }
    }
}
