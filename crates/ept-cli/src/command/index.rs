//! `ept index`: a tile index of files.

use anyhow::Result;
use clap::Args;
use ept_job::NewIndex;
use ept_reader::Engine;
use std::path::PathBuf;

use crate::args::DatasetArgs;
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::counted;
use crate::select;
use crate::terminal::tell;

#[derive(Debug, Args)]
pub(crate) struct NewIndexArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// File to write: .vpc for QGIS and PDAL wrench, .geojson, or .zip for a shapefile
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// No summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

pub(crate) async fn run(args: &NewIndexArgs) -> Result<Outcome> {
    let engine = Engine::new(&select::dataset_options(&args.dataset));
    let made = NewIndex::of(&select::locations(&args.dataset)?, &engine).await?;
    if let (true, Some(error)) = (made.index().rows.is_empty(), made.losses().first()) {
        return Err(error.clone().into());
    }
    made.write(&args.output)?;
    if args.quiet {
        let lost = made.losses().len();
        if let Some(first) = made.losses().first() {
            let lost = counted(lost as u64, "file");
            tell!("left out: {lost}, the first: {first}");
        }
    } else {
        losses::tell_some("left out", "file", made.losses());
        let rows = counted(made.index().rows.len() as u64, "file");
        tell!("{rows}, to {}", args.output.display());
    }
    Ok(if made.losses().is_empty() {
        Outcome::Complete
    } else {
        Outcome::Incomplete
    })
}
