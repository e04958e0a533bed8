//! The dashboard in a real browser.

mod axe;
mod commands;
mod doors;
mod driver;
mod fixture;
mod keyboard;
mod pages;
mod proxy;
mod resume;
mod session;
mod sign_in;
mod states;
mod tail;
