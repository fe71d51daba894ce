//! `ept profile`: points along a line.

use anyhow::Result;
use ept_job::{Pass, write_profile};
use ept_reader::{Edge, Line, Query, Swath};

use crate::args::ProfileArgs;
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::{counted, rounded};
use crate::output::output;
use crate::progress::Bar;
use crate::select;
use crate::terminal::tell;

pub(crate) async fn run(args: &ProfileArgs) -> Result<Outcome> {
    let line: Line = args.line.parse()?;
    let output = output(args.output.as_deref(), None, args.precision)?;
    let dataset = select::dataset(&args.dataset, &[], &args.read, (&[], Edge::Closed)).await?;
    let swath = Swath::new(&line, args.crs.as_ref(), args.width, dataset.frame())?;
    let length = rounded(swath.length(), 3);
    let selection = select::bind(&dataset, &query(args, &swath)?, &args.read)?;
    let mut pass = Pass::new(selection, args.read.on_error.0);
    let dims = args.dims.as_deref().map(trimmed);
    let bar = Bar::new(args.read.quiet);
    let show = |progress: &_| bar.show(progress);
    let points = write_profile(&mut pass, swath, dims.as_deref(), output, show).await;
    bar.finish();
    losses::tell(pass.losses());
    losses::remark(pass.remarks(), &args.read);
    let points = counted(points?, "point");
    if !args.read.quiet {
        let extent = select::extent(pass.selection(), &pass.found());
        tell!("{points} along {length} m, of {extent}");
    }
    Ok(losses::outcome(pass.losses()))
}

fn query(args: &ProfileArgs, swath: &Swath) -> Result<Query> {
    let mut query = Query::new().with_area(swath.area()?);
    if let Some(resolution) = args.resolution {
        query = query.with_resolution(resolution);
    }
    if let Some(depth) = args.depth {
        query = query.with_depth(depth);
    }
    if let Some(filter) = &args.filter {
        query = query.with_filter(filter.clone());
    }
    Ok(match &args.dims {
        // The swath needs to know where a point is.
        Some(dims) => {
            let axes = ["X", "Y", "Z"].map(str::to_owned);
            query.with_dimensions(axes.into_iter().chain(trimmed(dims)))
        }
        None => query,
    })
}

fn trimmed(dims: &[String]) -> Vec<String> {
    dims.iter().map(|name| name.trim().to_owned()).collect()
}
