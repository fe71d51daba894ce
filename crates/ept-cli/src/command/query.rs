//! `ept query`: points to a file.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, Result, bail};
use ept_job::{Pass, Report, write_points};
use ept_reader::{Query, Selection, Thin};
use indicatif::HumanBytes;

use crate::area;
use crate::args::QueryArgs;
use crate::exit::{Outcome, WrongUsage};
use crate::losses;
use crate::numbers::{counted, rounded};
use crate::output::output;
use crate::progress::Bar;
use crate::select;
use crate::terminal::{self, tell};

pub(crate) async fn run(args: &QueryArgs) -> Result<Outcome> {
    if let Some(path) = args
        .output
        .as_ref()
        .filter(|path| args.no_clobber && path.exists())
    {
        bail!(
            "{} is there already, and --no-clobber says to leave it",
            path.display()
        );
    }
    let format = args.format.map(|format| format.0);
    let output = output(args.output.as_deref(), format, args.precision)?;
    let name = output.name();
    let mut pass = Pass::new(selection(args).await?, args.read.on_error.0);
    consent(args, &mut pass).await?;
    if let Some(reason) = output.rebuilds_octree(pass.selection())
        && !args.read.quiet
    {
        tell!("{reason}, so the octree is rebuilt for COPC");
    }
    let bar = Bar::new(args.read.quiet);
    let written = write_points(&mut pass, output, |progress| bar.show(progress)).await;
    bar.finish();
    if let Some(path) = &args.report {
        write_report(path, &Report::new(&pass, &written))?;
    }
    losses::tell(pass.losses());
    losses::remark(pass.remarks(), &args.read);
    let written = written?;
    if !args.read.quiet {
        summarize(&pass, written, &name);
    }
    Ok(losses::outcome(pass.losses()))
}

async fn selection(args: &QueryArgs) -> Result<Selection> {
    let select = &args.select;
    let areas = area::areas(&select.area)?;
    let reach = (&areas[..], select.area.edge.0);
    let dataset = select::dataset(&select.dataset, &select.addons, &args.read, reach).await?;
    let query = with_flags(select::query(select, areas, &dataset).await?, args);
    select::bind(&dataset, &query, &args.read)
}

/// The query with what only this command asks for.
fn with_flags(mut query: Query, args: &QueryArgs) -> Query {
    if let Some(crs) = &args.out_crs {
        query = query.with_output_crs(crs.clone());
    }
    if let Some(name) = &args.source_id {
        query = query.with_source_id(name);
    }
    if let Some(edge) = args.thin {
        query = query.with_thin(Thin::squares(edge));
    }
    if let Some(edge) = args.thin_3d {
        query = query.with_thin(Thin::cubes(edge));
    }
    query
}

/// Points that nobody reads without having said so: at some millions a second, the work of minutes.
const MANY: u64 = 1_000_000_000;

/// Asks before very many points are read, where somebody can answer.
async fn consent(args: &QueryArgs, pass: &mut Pass) -> Result<()> {
    if args.yes || args.select.max_points.is_some() {
        return Ok(());
    }
    let found = pass.look_ahead(MANY).await?;
    if found.points <= MANY {
        return Ok(());
    }
    let (points, nodes) = (counted(found.points, "point"), counted(found.nodes, "tile"));
    let text = format!("this reads at least {points} in {nodes}");
    let advice = "see `ept plan`, give a coarser --resolution or --max-points, or say --yes";
    if !std::io::stdin().is_terminal() || !terminal::is_watched() {
        return Err(WrongUsage(format!("{text}: {advice}")).into());
    }
    terminal::write_to_error(format_args!("{text} ({advice}). Go on? [y/N] "));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => bail!("nothing was read"),
    }
}

fn write_report(path: &Path, report: &Report<'_>) -> Result<()> {
    let text = format!("{:#}\n", report.to_json());
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn summarize(pass: &Pass, written: u64, output: &str) {
    let engine = pass.selection().dataset().engine();
    let traffic = engine.traffic();
    tell!(
        "{} of {}, to {output}; read {} in {}, {} s",
        counted(written, "point"),
        select::extent(pass.selection(), &pass.found()),
        HumanBytes(traffic.bytes),
        counted(traffic.requests, "request"),
        rounded(engine.elapsed().as_secs_f64(), 3),
    );
    if written == 0 {
        tell!(
            "nothing found: {}",
            select::why_nothing(pass.selection(), pass.losses(), pass.remarks())
        );
    }
}
