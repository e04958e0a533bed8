//! The list of the assets.

macro_rules! files {
    ($($name:literal,)+) => {
        /// Each file with its contents.
        pub(super) const FILES: &[(&str, &[u8])] = &[
            $(($name, include_bytes!(concat!("../../../assets/", $name))),)+
        ];
    };
}

files! {
    "css/base.css",
    "css/chart.css",
    "css/frame.css",
    "css/pages.css",
    "css/parts.css",
    "css/tokens.css",
    "icon.svg",
    "js/lib/actions.js",
    "js/lib/alert-row.js",
    "js/lib/api.js",
    "js/lib/badges.js",
    "js/lib/bars.js",
    "js/lib/dialogs.js",
    "js/lib/dom.js",
    "js/lib/explain.js",
    "js/lib/figures.js",
    "js/lib/filters.js",
    "js/lib/format.js",
    "js/lib/histograms.js",
    "js/lib/keys.js",
    "js/lib/latency.js",
    "js/lib/list.js",
    "js/lib/live.js",
    "js/lib/muting.js",
    "js/lib/notification.js",
    "js/lib/page.js",
    "js/lib/panel.js",
    "js/lib/silences.js",
    "js/lib/soon.js",
    "js/lib/states.js",
    "js/lib/story.js",
    "js/lib/toasts.js",
    "js/pages/alerts.js",
    "js/pages/events.js",
    "js/pages/metrics.js",
    "js/pages/notifications.js",
    "js/pages/overview.js",
    "js/pages/probes.js",
    "js/pages/rules.js",
    "js/pages/system.js",
    "js/theme.js",
    "vendor/uPlot.LICENSE",
    "vendor/uPlot.iife.min.js",
    "vendor/uPlot.min.css",
}
