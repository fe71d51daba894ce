//! `ept picture`: a picture of points or nodes.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use ept_job::{DrawnPicture, PictureModel, PictureSize, draw_nodes, draw_picture, save_picture};
use ept_scene::{ColorBy, Picture, Viewpoint};

use crate::args::{ReadArgs, SelectArgs};
use crate::exit::{Outcome, WrongUsage};
use crate::numbers::{counted, rounded};
use crate::progress::Bar;
use crate::terminal::{self, tell};
use crate::{credits, losses, select};

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept picture testdata/terrain -o terrain.png
  ept picture testdata/terrain --from 3d --color class --legend -o terrain-3d.png
  ept picture survey/*.laz --nodes -o files.png
  ept picture testdata/terrain --from 90,20 --size 800x400 -o - | display";

#[derive(Debug, Args)]
pub(crate) struct PictureArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// File to write, a PNG: complete or not at all; - is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Width and height in pixels
    #[arg(
        long = "size",
        value_name = "WIDTHxHEIGHT",
        default_value_t,
        allow_hyphen_values = true
    )]
    pub(crate) picture_size: PictureSize,
    /// Where it is taken from: top (north up), 3d (from the south-west), or the direction of the eye in degrees clockwise
    /// from north and its height above the horizon in degrees, such as 210,35
    #[arg(
        long,
        value_name = "top|3d|AZIMUTH,ALTITUDE",
        default_value_t,
        allow_hyphen_values = true
    )]
    pub(crate) from: Viewpoint,
    /// What colours say: rgb, height, intensity, class, return, source or time [default: rgb if there are colours, else
    /// intensity, else height]
    #[arg(long, value_name = "COLOR")]
    pub(crate) color: Option<ColorBy>,
    /// Draw a legend, unless colours are measured
    #[arg(long)]
    pub(crate) legend: bool,
    /// Draw a map of the nodes that would be read, by depth, without reading their points
    #[arg(long, conflicts_with_all = ["from", "color"])]
    pub(crate) nodes: bool,
    /// Print JSON: what was read, drawn and lost
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &PictureArgs) -> Result<Outcome> {
    let is_stream = is_stream(&args.output);
    check(args, is_stream)?;
    let mut pass = select::pass(&args.select, &args.read).await?;
    let model = PictureModel {
        size: args.picture_size,
        viewpoint: args.from,
        color: args.color,
        has_legend: args.legend,
    };
    let bar = Bar::new(args.read.quiet);
    let drawn = if args.nodes {
        draw_nodes(&mut pass, &model).await
    } else {
        draw_picture(&mut pass, &model, |progress| bar.show(progress)).await
    };
    bar.finish();
    losses::tell(pass.losses(), args.read.quiet);
    losses::remark(pass.remarks(), &args.read);
    let drawn = drawn?;
    write(&drawn.picture, &args.output)?;
    if args.json {
        writeln!(terminal::out(), "{:#}", drawn.report(&pass))?;
    }
    if !args.read.quiet {
        summarize(args, &drawn, &pass);
        credits::tell(pass.selection().dataset());
        if drawn.points == 0 {
            select::tell_nothing(pass.selection(), pass.losses(), pass.remarks());
        }
    }
    Ok(losses::outcome(pass.losses()))
}

/// Refuses what the flags can't mean, before anything is read.
fn check(args: &PictureArgs, is_stream: bool) -> Result<()> {
    let problem = if args.select.dims.is_some() {
        "--dims is not for pictures: what is read depends on --color"
    } else if is_stream && args.json {
        "a picture and JSON can't both be written to standard output: name a file with -o"
    } else if is_stream && terminal::is_read() {
        "a picture is binary and no use on a terminal: name a file with -o, or pipe it on"
    } else {
        return Ok(());
    };
    Err(WrongUsage(problem.into()).into())
}

fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Writes a picture to a file, or to standard output if the path is `-`.
pub(crate) fn write(picture: &Picture, path: &Path) -> Result<()> {
    if !is_stream(path) {
        return Ok(save_picture(picture, path)?);
    }
    let mut out = terminal::points(true);
    picture.write_png(&mut out)?;
    Ok(out.flush()?)
}

fn summarize(args: &PictureArgs, drawn: &DrawnPicture, pass: &ept_job::Pass) {
    let extent = select::extent(pass.selection(), &pass.found());
    let points = counted(drawn.points, "point");
    let what = if args.nodes { "in" } else { "of" };
    let to = if is_stream(&args.output) {
        String::new()
    } else {
        format!(", to {}", args.output.display())
    };
    let engine = pass.selection().dataset().engine();
    let seconds = rounded(engine.elapsed().as_secs_f64(), 3);
    tell!("{points} {what} {extent}{to}; {seconds} s");
    if let Some(paint) = drawn.paint.filter(|paint| paint.by().is_continuous()) {
        let [low, high] = paint.limits().map(|limit| rounded(limit, 3));
        tell!("colours: {} from {low} to {high}", paint.by());
    } else if let Some(paint) = drawn.paint {
        tell!("colours: {}", paint.by());
    }
}
