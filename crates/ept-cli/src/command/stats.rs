//! `ept stats`: count, minimum, maximum, mean and standard deviation.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use ept_job::{AreaStatistics, Pass, Statistics, area_statistics, statistics};
use ept_points::{DimensionSummary, Scalar};

use crate::area;
use crate::area_rows;
use crate::args::{ReadArgs, SelectArgs};
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::{counted, fitted, grouped};
use crate::progress::Bar;
use crate::select;
use crate::terminal;

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// Write a CSV row for each feature of the GeoJSON of --polygon, in one pass, with percentiles of Z and counts by
    /// Classification; features are named by this property
    #[arg(
        long,
        value_name = "PROPERTY",
        requires = "polygon",
        conflicts_with = "max_points"
    )]
    pub(crate) each: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &StatsArgs) -> Result<Outcome> {
    if let Some(property) = &args.each {
        return run_each(args, property).await;
    }
    let mut pass = select::pass(&args.select, &args.read).await?;
    let bar = Bar::new(args.read.quiet);
    let statistics = statistics(&mut pass, |progress| bar.show(progress)).await?;
    bar.finish();
    let mut out = terminal::out();
    if args.json {
        writeln!(out, "{}", statistics.to_json())?;
    } else {
        write_table(&mut out, &statistics)?;
    }
    Ok(end(&pass, args, statistics.points()))
}

/// Reports everything besides the statistics.
fn end(pass: &Pass, args: &StatsArgs, points: u64) -> Outcome {
    losses::tell(pass.losses(), args.read.quiet);
    losses::remark(pass.remarks(), &args.read);
    if points == 0 && !args.read.quiet {
        select::tell_nothing(pass.selection(), pass.losses(), pass.remarks());
    }
    losses::outcome(pass.losses())
}

/// Writes a row for each feature.
async fn run_each(args: &StatsArgs, property: &str) -> Result<Outcome> {
    let mut each = area::each(&args.select.points.area, property)?;
    let names = std::mem::take(&mut each.names);
    let (dataset, query) = select::each(&args.select, &args.read, each).await?;
    let selection = select::bind(&dataset, &query, &args.read)?;
    let mut pass = Pass::new(selection, args.read.on_error.0);
    let bar = Bar::new(args.read.quiet);
    let areas = area_statistics(&mut pass, &names, |progress| bar.show(progress)).await?;
    bar.finish();
    let mut out = terminal::out();
    if args.json {
        let rows = areas.iter().map(AreaStatistics::to_json);
        writeln!(out, "{}", serde_json::Value::Array(rows.collect()))?;
    } else {
        area_rows::write(&mut out, property, &areas)?;
    }
    let points = areas.iter().map(|area| area.statistics().points());
    Ok(end(&pass, args, points.sum()))
}

/// Width of a figure in characters. JSON has all digits.
const CELL: usize = 13;
/// Width of a name in characters: with four figures, a line has 80.
const MOST_NAME: usize = 20;

fn write_table(out: &mut impl Write, statistics: &Statistics) -> std::io::Result<()> {
    writeln!(out, "{}", counted(statistics.points(), "point"))?;
    let rows = statistics.dimensions();
    let lengths = rows.iter().map(|(name, _)| name.chars().count());
    let width = lengths.max().unwrap_or(0).min(MOST_NAME);
    writeln!(
        out,
        "{:width$}  {:>CELL$}  {:>CELL$}  {:>CELL$}  {:>CELL$}",
        "", "minimum", "maximum", "mean", "std. dev."
    )?;
    for (name, summary) in rows {
        let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        let scalar = |value: Option<Scalar>| {
            text(value.map(|value| match value {
                Scalar::Integer(value) => match value.to_string() {
                    text if text.len() <= CELL => text,
                    _ => fitted(value as f64, CELL),
                },
                Scalar::Float(value) => fitted(value, CELL),
            }))
        };
        let min = scalar(summary.and_then(DimensionSummary::min));
        let max = scalar(summary.and_then(DimensionSummary::max));
        let float = |value: Option<f64>| text(value.map(|value| fitted(value, CELL)));
        let mean = float(summary.and_then(DimensionSummary::mean));
        let deviation = float(summary.and_then(DimensionSummary::deviation));
        // A name that does not fit has a line of its own.
        let name = match name.chars().count() {
            length if length > width => {
                writeln!(out, "{name}")?;
                ""
            }
            _ => name,
        };
        writeln!(
            out,
            "{name:width$}  {min:>CELL$}  {max:>CELL$}  {mean:>CELL$}  {deviation:>CELL$}"
        )?;
    }
    write_counts(out, "Classification", statistics.classes())?;
    write_counts(out, "ReturnNumber", statistics.returns())
}

/// Writes how many points have each value of a dimension.
fn write_counts(
    out: &mut impl Write,
    name: &str,
    counts: impl Iterator<Item = (i64, u64)>,
) -> std::io::Result<()> {
    let mut counts = counts.peekable();
    if counts.peek().is_some() {
        writeln!(out, "\n{name:<14}  {:>16}", "points")?;
    }
    for (value, points) in counts {
        writeln!(out, "{value:>14}  {:>16}", grouped(points))?;
    }
    Ok(())
}
