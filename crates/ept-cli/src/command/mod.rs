//! One module per subcommand: flags, a job, and its output as text.

mod cache;
mod chm;
mod completions;
mod dsm;
mod dtm;
mod fetch;
mod find;
mod hierarchy;
mod hillshade;
mod index;
mod info;
mod man;
mod merge;
mod nodes;
mod picture;
mod plan;
mod profile;
mod query;
mod raster;
mod run;
mod sources;
mod stats;
mod tiles;
mod validate;
#[cfg(feature = "view")]
mod view;
#[cfg(feature = "view")]
mod view_words;

use clap::Subcommand;

use crate::exit::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find the surveys that intersect an area
    #[command(after_help = find::NOTES)]
    Find(find::FindArgs),
    /// Show information about a dataset
    Info(info::InfoArgs),
    /// Estimate what a query would read and write, without reading tiles; or divide it into work units
    Plan(plan::PlanArgs),
    /// Write the points in an area at a resolution to a file
    #[command(after_help = query::EXAMPLES)]
    Query(query::QueryArgs),
    /// Look at a dataset in the browser
    #[cfg(feature = "view")]
    #[command(after_help = view::NOTES)]
    View(view::ViewArgs),
    /// Make a terrain model of the points on the ground
    #[command(after_help = dtm::EXAMPLES)]
    Dtm(dtm::DtmArgs),
    /// Make a surface model of the first returns
    #[command(after_help = dsm::EXAMPLES)]
    Dsm(dsm::DsmArgs),
    /// Make a model of the heights of trees and buildings above the ground
    #[command(after_help = chm::EXAMPLES)]
    Chm(chm::ChmArgs),
    /// Make a raster of statistics of the points in each cell
    #[command(after_help = raster::EXAMPLES)]
    Raster(raster::RasterCommandArgs),
    /// Make a hillshade of a terrain model
    #[command(after_help = hillshade::EXAMPLES)]
    Hillshade(hillshade::HillshadeArgs),
    /// Draw a picture of points, or a map of nodes
    #[command(after_help = picture::EXAMPLES)]
    Picture(picture::PictureArgs),
    /// Count points, and compute minimum, maximum, mean and standard deviation of each dimension
    Stats(stats::StatsArgs),
    /// List the nodes of the octree that a query would read
    Nodes(nodes::NodesArgs),
    /// Write the points along a line, with their distance along it and offset from it
    Profile(profile::ProfileArgs),
    /// List the files that a dataset was built from
    Sources(sources::SourcesArgs),
    /// List the files of a tile index that intersect an area
    #[command(after_help = tiles::NOTES)]
    Tiles(tiles::TilesArgs),
    /// Download the files of a tile index, or the nodes of an EPT dataset, that an area meets
    #[command(after_help = fetch::NOTES)]
    Fetch(fetch::FetchArgs),
    /// Write a tile index of files, reading only their headers
    Index(index::NewIndexArgs),
    /// Check a dataset for errors
    #[command(after_help = validate::NOTES)]
    Validate(validate::ValidateArgs),
    /// Write the points of a work unit of a query, as planned by `ept plan --units`
    #[command(after_help = run::EXAMPLES)]
    Run(run::RunArgs),
    /// Put the points of all work units of a query together
    #[command(after_help = merge::NOTES)]
    Merge(merge::MergeArgs),
    /// Show the contents of the cache, or clear it
    Cache(cache::CacheCommandArgs),
    /// Write a completion script for a shell
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::CompletionsArgs),
    /// Write the manual pages
    Man(man::ManArgs),
}

/// Runs a command.
pub(crate) async fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Find(args) => find::run(&args).await,
        Command::Info(args) => info::run(&args).await,
        Command::Plan(args) => plan::run(&args).await,
        Command::Query(args) => query::run(&args).await,
        #[cfg(feature = "view")]
        Command::View(args) => view::run(&args).await,
        Command::Dtm(args) => dtm::run(&args).await,
        Command::Dsm(args) => dsm::run(&args).await,
        Command::Chm(args) => chm::run(&args).await,
        Command::Raster(args) => raster::run(&args).await,
        Command::Hillshade(args) => hillshade::run(&args),
        Command::Picture(args) => picture::run(&args).await,
        Command::Profile(args) => profile::run(&args).await,
        Command::Stats(args) => stats::run(&args).await,
        Command::Nodes(args) => nodes::run(&args).await,
        Command::Fetch(args) => fetch::run(&args).await,
        Command::Index(args) => index::run(&args).await,
        Command::Sources(args) => sources::run(&args).await,
        Command::Tiles(args) => tiles::run(&args).await,
        Command::Validate(args) => validate::run(&args).await,
        Command::Run(args) => run::run(&args).await,
        Command::Merge(args) => merge::run(&args).await,
        Command::Cache(args) => cache::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
