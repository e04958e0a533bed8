//! The dashboard in a real browser.

mod axe;
mod busy;
mod chromium;
mod commands;
mod doors;
mod driver;
mod keyboard;
mod ledger;
mod links;
mod meddling;
mod news;
mod operate;
mod pages;
mod resume;
mod seed;
mod session;
mod sign_in;
mod states;
mod tail;
mod telling;
