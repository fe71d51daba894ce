//! The tests of the page's server, as one program.

#![allow(clippy::unwrap_used, reason = "tests")]

mod descriptions;
mod guard;
mod looks;
mod page;
mod pictures;
mod places;
mod profiles;
mod requests;
mod support;
mod tiles;
