//! `ept fetch`: files as they are at their source.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use ept_job::{Download, DownloadReport, DownloadState};
use ept_reader::Engine;
use indicatif::HumanBytes;

use super::tiles;
use crate::area;
use crate::args::{AreaArgs, ConnectionArgs, IndexArgs};
use crate::exit::Outcome;
use crate::numbers::counted;
use crate::progress::Bar;
use crate::select;
use crate::terminal::tell;
use crate::values::folder;

pub(crate) const NOTES: &str = "\
Examples:
  ept fetch survey_TileIndex.zip --polygon catchment.geojson -d tiles
  ept fetch urls.txt -d tiles --jobs 8 --verify
  ept fetch https://example.com/set/ept.json --bounds 635700,849000,636000,849500 -d area

A file gets its name once it is complete: once its header, chunk table and size agree. Until then it is NAME.part, with a record
NAME.part.json. If the command is interrupted in any way, the same command continues. Existing files are checked, and fetched
again if they are damaged or their size is not that of the source. --verify decodes every point.

Of a tile index, folder or list, the files that intersect the area are fetched, each as a whole, including COPC files. Of an EPT
dataset, the nodes that intersect the area become a smaller EPT dataset. Files with the same name are put in subfolders.

Exit codes: 0 complete, 1 failed, 2 wrong usage, 3 done but some files could not be fetched; they are listed, also in the report.";

#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    /// Tile index (see `ept tiles`), list of URLs, LAZ, LAS or COPC file, folder or pattern of these, or EPT dataset, at a path
    /// or URL: http(s)://, s3://, gs:// or az://
    #[arg(value_name = "SOURCE")]
    pub(crate) location: String,
    /// Folder for the files, created if it does not exist
    #[arg(long, short, value_name = "FOLDER")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) area: AreaArgs,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    /// Number of files fetched concurrently
    #[arg(long, value_name = "N", default_value = "4")]
    pub(crate) jobs: NonZeroUsize,
    /// Decode every point of each file before it counts as complete
    #[arg(long)]
    pub(crate) verify: bool,
    /// Write a report of all files as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Folder with grids of datum shifts, as distributed by PROJ; by default, no grids are used
    #[arg(long, value_name = "FOLDER", value_parser = folder)]
    pub(crate) grids: Option<PathBuf>,
    /// No progress bar and no summary; files that could not be fetched are still listed
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

pub(crate) async fn run(args: &FetchArgs) -> Result<Outcome> {
    select::use_grids(args.grids.as_deref());
    let (reading, areas) = (select::reading(&args.index)?, area::areas(&args.area)?);
    let mut options = select::options(&args.connection);
    options.limits.requests = args.jobs;
    let engine = Engine::new(&options);
    let edge = args.area.edge.0;
    let download = Download::find(&args.location, &reading, &areas, edge, &engine).await?;
    if let (false, true) = (args.quiet, download.is_empty()) {
        let why = download.tiles().map_or_else(
            || "the area does not intersect a node".into(),
            |tiles| tiles::why_nothing(tiles, &areas),
        );
        tell!("nothing found: {why}");
    }
    let bar = Bar::of_bytes(args.quiet);
    let report = download.run(&args.dir, args.verify, bar.download()).await;
    bar.finish();
    if let Some(path) = &args.report {
        let text = format!("{:#}\n", report.to_json());
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    tell_failures(&report);
    if !args.quiet {
        summarize(&report, args);
    }
    let is_complete = report.is_complete();
    if let Some(error) = report.error {
        return Err(error.into());
    }
    Ok(if is_complete {
        Outcome::Complete
    } else {
        Outcome::Incomplete
    })
}

fn tell_failures(report: &DownloadReport) {
    let is_over = report.error.is_some();
    let mut failed = 0;
    for file in report.failed() {
        failed += 1;
        // Those behind the error that ended it have no cause of their own.
        if let Some(cause) = file.cause().filter(|_| !is_over) {
            tell!("failed: {}: {cause}", file.location);
        }
    }
    if failed > 0 {
        let all = counted(report.files.len() as u64, "file");
        tell!("incomplete: {failed} of {all} could not be fetched");
    }
    if !report.unlocated.is_empty() {
        let rows = counted(report.unlocated.len() as u64, "entry without a location");
        tell!("incomplete: {rows} left out");
    }
    if let Some(next) = &report.next {
        tell!("incomplete: the index continues at {next}");
    }
}

fn summarize(report: &DownloadReport, args: &FetchArgs) {
    let in_state = |state| {
        let files = report.files.iter();
        let files = files.filter(move |file| file.state() == Some(state));
        files.fold((0, 0), |(n, sum), file| (n + 1, sum + file.bytes()))
    };
    let (fetched, size) = in_state(DownloadState::Fetched);
    let (present, _) = in_state(DownloadState::Present);
    let there = match present {
        0 => String::new(),
        present => format!(", {} already there", counted(present, "file")),
    };
    let fetched = counted(fetched, "file");
    let folder = args.dir.display();
    tell!(
        "{fetched} of {} fetched{there}, in {folder}",
        HumanBytes(size)
    );
}
