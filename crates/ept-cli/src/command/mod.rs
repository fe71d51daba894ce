//! One module for each subcommand: flags, one job, words.

mod cache;
mod find;
mod hierarchy;
mod index;
mod info;
mod nodes;
mod plan;
mod profile;
mod query;
mod sources;
mod stats;
mod tiles;
mod validate;

use clap::Subcommand;

use crate::exit::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find the surveys that an area meets
    #[command(after_help = find::NOTES)]
    Find(find::FindArgs),
    /// Show what a dataset says about itself
    Info(info::InfoArgs),
    /// Tell what a query would read and write, without reading a tile
    Plan(plan::PlanArgs),
    /// Write the points of an area at a resolution to a file
    #[command(after_help = query::EXAMPLES)]
    Query(query::QueryArgs),
    /// Count the points and give minimum, maximum, mean and standard deviation of each dimension
    Stats(stats::StatsArgs),
    /// List the nodes of the octree that a query would read
    Nodes(nodes::NodesArgs),
    /// Write the points along a line, with how far along it and beside it they are
    Profile(profile::ProfileArgs),
    /// List the files that a dataset was built from
    Sources(sources::SourcesArgs),
    /// List the files of a tile index that an area meets
    #[command(after_help = tiles::NOTES)]
    Tiles(tiles::TilesArgs),
    /// Write a tile index of files, by their headers alone
    Index(index::NewIndexArgs),
    /// Look for what is wrong with a dataset
    #[command(after_help = validate::NOTES)]
    Validate(validate::ValidateArgs),
    /// Show what the cache holds, or clear it
    Cache(cache::CacheCommandArgs),
}

/// Does what the command line asks for.
pub(crate) async fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Find(args) => find::run(&args).await,
        Command::Info(args) => info::run(&args).await,
        Command::Plan(args) => plan::run(&args).await,
        Command::Query(args) => query::run(&args).await,
        Command::Profile(args) => profile::run(&args).await,
        Command::Stats(args) => stats::run(&args).await,
        Command::Nodes(args) => nodes::run(&args).await,
        Command::Index(args) => index::run(&args).await,
        Command::Sources(args) => sources::run(&args).await,
        Command::Tiles(args) => tiles::run(&args).await,
        Command::Validate(args) => validate::run(&args).await,
        Command::Cache(args) => cache::run(&args),
    }
}
