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

A file has its name only when it is complete: its header, chunk table and size agree. Until then it is NAME.part with a record
NAME.part.json, and running the same command again goes on where it ended, however it ended. Files that are there already are
checked, and fetched anew if they differ in size from the source's or are damaged; --verify decodes every point.

Of a tile index, a folder or a list the files that the area meets are fetched, each as a whole, COPC files too. Of an EPT dataset
the nodes that the area meets become a smaller EPT dataset. Files of the same name get their folders.

Exit codes: 0 complete, 1 failed, 2 wrong usage, 3 done but some files could not be had: they are listed, and in the report.";

#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    /// Tile index (see `ept tiles`), list of URLs, LAZ, LAS or COPC file, folder or pattern of these, or EPT dataset, at a path
    /// or URL: http(s)://, s3://, gs:// or az://
    #[arg(value_name = "SOURCE")]
    pub(crate) location: String,
    /// Folder to put the files in; it is made if it is not there
    #[arg(long, short, value_name = "FOLDER")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) area: AreaArgs,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    /// Files fetched at the same time
    #[arg(long, value_name = "N", default_value = "4")]
    pub(crate) jobs: NonZeroUsize,
    /// Decode every point of each file before it counts as complete
    #[arg(long)]
    pub(crate) verify: bool,
    /// Write a report of all files as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Folder with grids of datum shifts, as PROJ distributes them. Without it none is used
    #[arg(long, value_name = "FOLDER", value_parser = folder)]
    pub(crate) grids: Option<PathBuf>,
    /// No progress bar and no summary; files that could not be had are still told
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

pub(crate) async fn run(args: &FetchArgs) -> Result<Outcome> {
    if let Some(folder) = &args.grids {
        ept_crs::set_grids(Some(folder));
    }
    let (reading, areas) = (select::reading(&args.index)?, area::areas(&args.area)?);
    let mut options = select::options(&args.connection);
    options.limits.requests = args.jobs;
    let engine = Engine::new(&options);
    let edge = args.area.edge.0;
    let download = Download::find(&args.location, &reading, &areas, edge, &engine).await?;
    if let (false, true) = (args.quiet, download.is_empty()) {
        let why = download.tiles().map_or_else(
            || "the area meets no node".into(),
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
        tell!("incomplete: {failed} of {all} could not be had");
    }
    if !report.unlocated.is_empty() {
        let rows = counted(report.unlocated.len() as u64, "entry without a location");
        tell!("incomplete: {rows} left out");
    }
    if let Some(next) = &report.next {
        tell!("incomplete: the index goes on at {next}");
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
