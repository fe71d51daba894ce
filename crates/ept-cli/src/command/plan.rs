//! `ept plan`: what a query would read and write.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use ept_job::{Costs, Losses};
use indicatif::HumanBytes;

use crate::args::{ReadArgs, SelectArgs, ThinArgs};
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::{counted, grouped, rounded};
use crate::select;
use crate::terminal;

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(crate) thin: ThinArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &PlanArgs) -> Result<Outcome> {
    let selection = select::thinned(&args.select, &args.thin, &args.read).await?;
    let mut lost = Losses::new(args.read.on_error.0);
    let (plan, errors) = selection.plan().await?;
    for error in errors {
        lost.sort_out::<()>(Err(error))?;
    }
    let costs = Costs::of(&selection, plan).await;
    let mut out = terminal::out();
    if args.json {
        writeln!(out, "{:#}", costs.to_json())?;
    } else {
        write(&mut out, &costs)?;
    }
    losses::tell(&lost, args.read.quiet);
    if costs.plan.nodes.is_empty() && !args.read.quiet {
        select::tell_nothing(&selection, &lost, &[]);
    }
    Ok(losses::outcome(&lost))
}

/// Number of output sizes per line.
const OUTPUTS: usize = 3;

fn write(out: &mut impl Write, costs: &Costs) -> std::io::Result<()> {
    let scale = costs.metres_per_unit;
    writeln!(
        out,
        "depth {:>10} {:>17} {:>17} {:>12} {:>12}",
        "nodes", "points", "in the area", "spacing", "ground m"
    )?;
    for depth in &costs.plan.depths {
        let ground = known(scale.map_or(f64::NAN, |scale| depth.spacing * scale), 4);
        writeln!(
            out,
            "{:>5} {:>10} {:>17} {:>17} {:>12} {ground:>12}",
            depth.depth,
            grouped(depth.nodes),
            grouped(depth.points),
            grouped(depth.estimate.round() as u64),
            known(depth.spacing, 6),
        )?;
    }
    let nodes = counted(costs.plan.nodes.len() as u64, "node");
    let (most, about) = (
        grouped(costs.plan.points),
        grouped(costs.plan.estimate.round() as u64),
    );
    writeln!(
        out,
        "points    about {about} in the area, of {most} in {nodes}"
    )?;
    if let Some(thinned) = costs.thinned {
        let thinned = grouped(thinned.round() as u64);
        writeln!(out, "thinned   about {thinned} points are left")?;
    }
    match costs.sizes {
        None => writeln!(
            out,
            "download  unknown, since the store does not tell the sizes of tiles"
        )?,
        Some(sizes) => writeln!(
            out,
            "download  about {} (+- {} %, from the sizes of {})",
            HumanBytes(sizes.bytes as u64),
            rounded(sizes.error * 100.0, 2),
            counted(sizes.sampled as u64, "tile"),
        )?,
    }
    let seconds = rounded(costs.seconds, 2);
    writeln!(out, "requests  {}", grouped(costs.requests))?;
    writeln!(
        out,
        "time      {seconds} s or more, for latency and decoding"
    )?;
    writeln!(out, "memory    about {}", HumanBytes(costs.memory as u64))?;
    let outputs = costs.outputs.iter();
    let outputs = outputs.map(|(name, size)| format!("{name} {}", HumanBytes(*size as u64)));
    let outputs: Vec<String> = outputs.collect();
    for (at, outputs) in outputs.chunks(OUTPUTS).enumerate() {
        let head = if at == 0 { "output    about" } else { "" };
        writeln!(out, "{head:15} {}", outputs.join(", "))?;
    }
    if let Some(resolution) = costs.suggestion() {
        let most = grouped(Costs::COMFORTABLE as u64);
        writeln!(out, "for {most} points at most: --resolution {resolution}")?;
    }
    Ok(())
}

/// A number, or a dash if it is not known.
fn known(number: f64, decimals: i32) -> String {
    if number.is_nan() {
        "-".into()
    } else {
        rounded(number, decimals)
    }
}
