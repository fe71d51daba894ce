//! `ept view`: a page in the browser.

use std::io::Write as _;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::Args;
use ept_job::{Format, Output, Pass, write_points};
use ept_reader::{Dataset, Engine, Options, Query, Selection, Spacing};
use ept_view::{ColorBy, Server, ViewOptions};
use tempfile::TempDir;

use crate::args::{PointArgs, ReadArgs};
use crate::command::view_words::{sentence, words};
use crate::exit::{Outcome, WrongUsage};
use crate::numbers::counted;
use crate::progress::Bar;
use crate::terminal::{self, tell};
use crate::values::{depth, resolution, size};
use crate::{area, browser, losses, select};

pub(crate) const NOTES: &str = "\
Examples:
  ept view https://example.com/autzen/ept.json
  ept view tiles/*.laz --where 'Classification != 7' --color class
  ept view autzen --listen 127.0.0.1:8080 --no-open

The address of the page is written to standard output. It contains a secret, and only this machine can reach it, unless
--listen says otherwise. Only the tiles that are seen are read. EPT and COPC are shown as they are; of other files, and of
several sources together, a temporary COPC file is made first. Ctrl-C ends the command.";

#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    #[command(flatten)]
    pub(crate) points: PointArgs,
    /// Show no points finer than the depth with at most this spacing of points: a number in units of the dataset's
    /// coordinates, or a length on the ground such as 1m, 50cm, 3ft or 3us-ft
    #[arg(long, value_name = "SPACING", allow_hyphen_values = true, value_parser = resolution)]
    pub(crate) resolution: Option<Spacing>,
    /// Show depths 0 to N of the octree
    #[arg(long, value_name = "N", conflicts_with = "resolution", allow_hyphen_values = true, value_parser = depth)]
    pub(crate) depth: Option<u32>,
    /// What the colours say at first: rgb, height, intensity, class, return, source or time [default: rgb if the points
    /// have colours, else intensity, else height]
    #[arg(long, value_name = "COLOR")]
    pub(crate) color: Option<ColorBy>,
    /// Don't open the browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Address and port to listen on; port 0 is a free one. Everyone who can reach the address and knows the token in
    /// the page's URL can see the data
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Maximum memory for points: bytes, or a number with kB, MB, GB or TB
    #[arg(long, value_name = "SIZE", default_value = "512MB", value_parser = size)]
    pub(crate) memory: u64,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &ViewArgs) -> Result<Outcome> {
    let selection = selection(args).await?;
    let has_octree = selection.frame().spacing.is_some();
    let options = ViewOptions {
        listen: args.listen,
        memory: usize::try_from(args.memory).unwrap_or(usize::MAX),
        color: args.color,
        selection: sentence(args),
        words: words(args, has_octree),
        ..ViewOptions::default()
    };
    let is_octree = has_octree && selection.dataset().locations().len() == 1;
    if is_octree {
        let query = selection.query().clone();
        let server = Server::bind(selection.dataset().clone(), &query, options).await?;
        return serve(server, args).await;
    }
    let options = ViewOptions {
        source: Some(selection.dataset().location()),
        ..options
    };
    // The folder is removed when the command ends.
    let Some((dataset, _folder)) = octree(selection, args).await? else {
        return Ok(Outcome::Complete);
    };
    serve(Server::bind(dataset, &Query::new(), options).await?, args).await
}

async fn selection(args: &ViewArgs) -> Result<Selection> {
    let areas = area::areas(&args.points.area)?;
    let reach = (&areas[..], args.points.area.edge.0);
    let addons = &args.points.addons;
    let dataset = select::dataset(&args.points.dataset, addons, &args.read, reach).await?;
    let mut query = select::points_query(&args.points, areas, &dataset).await?;
    if let Some(resolution) = args.resolution {
        query = query.with_resolution(resolution);
    }
    if let Some(depth) = args.depth {
        query = query.with_depth(depth);
    }
    select::bind(&dataset, &query, &args.read)
}

/// A temporary COPC file of the selected points, with the folder that contains it. `None` if there are no points.
async fn octree(selection: Selection, args: &ViewArgs) -> Result<Option<(Dataset, TempDir)>> {
    let quiet = args.read.quiet;
    if !quiet {
        tell!("making a temporary COPC file of the points, since only an octree can be shown");
    }
    let folder = TempDir::with_prefix("ept-view-").context("no folder for temporary files")?;
    let path = folder.path().join("points.copc.laz");
    let output = Output::to_file(&path, Some(Format::Copc))?;
    let mut pass = Pass::new(selection, args.read.on_error.0);
    check_size(&mut pass).await?;
    let bar = Bar::new(quiet);
    let written = write_points(&mut pass, output, |progress| bar.show(progress)).await;
    bar.finish();
    losses::tell(pass.losses(), quiet);
    let points = written?;
    if points == 0 {
        select::tell_nothing(pass.selection(), pass.losses(), pass.remarks());
        return Ok(None);
    }
    let mut options = Options::default();
    options.limits.threads = args.read.threads.unwrap_or(options.limits.threads);
    let location = path.to_string_lossy();
    let dataset = Dataset::open_in(&location, &Engine::new(&options)).await?;
    if !quiet {
        tell!("{} in it", counted(points, "point"));
    }
    Ok(Some((dataset, folder)))
}

/// Maximum number of points of a temporary file, which then has some gigabytes.
const MANY: u64 = 1_000_000_000;

/// Refuses to copy very many points only to look at them.
async fn check_size(pass: &mut Pass) -> Result<()> {
    let found = pass.look_ahead(MANY).await?;
    if found.points <= MANY {
        return Ok(());
    }
    let problem = format!(
        "a temporary file would have at least {}: choose an area with --bounds or --polygon, or view a COPC file made \
         by `ept query -o points.copc.laz`",
        counted(found.points, "point")
    );
    Err(WrongUsage(problem).into())
}

/// Tells where the page is, and serves it until a signal ends the command.
async fn serve(server: Server, args: &ViewArgs) -> Result<Outcome> {
    if !server.address().ip().is_loopback() {
        tell!("warning: anyone who has the address of the page can see the data");
    }
    let url = server.url().to_owned();
    let mut out = terminal::out();
    writeln!(out, "{url}")?;
    out.flush()?;
    drop(out);
    if !args.no_open
        && let Err(error) = browser::open(&url)
    {
        tell!("can't start a browser ({error}): open the address above in one");
    }
    if !args.read.quiet {
        tell!("Ctrl-C ends the page");
    }
    server.run().await?;
    Ok(Outcome::Complete)
}
