//! One module for each subcommand: arguments, one library call, print.

pub(crate) mod cache;
pub(crate) mod hierarchy;
pub(crate) mod index;
pub(crate) mod info;
pub(crate) mod nodes;
pub(crate) mod plan;
pub(crate) mod profile;
pub(crate) mod query;
pub(crate) mod sources;
pub(crate) mod stats;
pub(crate) mod tiles;
pub(crate) mod validate;
