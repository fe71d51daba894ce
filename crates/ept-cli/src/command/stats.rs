//! `ept stats`: count, minimum, maximum and mean.

use std::io::Write;

use anyhow::Result;
use ept_job::{Statistics, statistics};
use ept_points::{DimensionSummary, Scalar};

use crate::args::StatsArgs;
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::{counted, rounded};
use crate::progress::Bar;
use crate::select;
use crate::terminal::{self, tell};

pub(crate) async fn run(args: &StatsArgs) -> Result<Outcome> {
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
    losses::tell(pass.losses());
    losses::remark(pass.remarks(), &args.read);
    if statistics.points() == 0 && !args.read.quiet {
        tell!(
            "nothing found: {}",
            select::why_nothing(pass.selection(), pass.losses(), pass.remarks())
        );
    }
    Ok(losses::outcome(pass.losses()))
}

fn write_table(out: &mut impl Write, statistics: &Statistics) -> std::io::Result<()> {
    writeln!(out, "{}", counted(statistics.points(), "point"))?;
    let rows = statistics.dimensions();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    writeln!(
        out,
        "{:width$}  {:>20}  {:>20}  {:>20}",
        "", "minimum", "maximum", "mean"
    )?;
    for (name, summary) in rows {
        let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        let scalar = |value: Option<Scalar>| {
            text(value.map(|value| match value {
                Scalar::Integer(value) => value.to_string(),
                Scalar::Float(value) => rounded(value, 15),
            }))
        };
        let min = scalar(summary.and_then(DimensionSummary::min));
        let max = scalar(summary.and_then(DimensionSummary::max));
        let mean = text(
            summary
                .and_then(DimensionSummary::mean)
                .map(|mean| rounded(mean, 15)),
        );
        writeln!(out, "{name:width$}  {min:>20}  {max:>20}  {mean:>20}")?;
    }
    Ok(())
}
