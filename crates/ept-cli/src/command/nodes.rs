//! `ept nodes`: the nodes that a query would read.

use std::io::{BufWriter, Write};

use anyhow::Result;
use clap::Args;
use ept_job::{Losses, sorted_json};
use ept_reader::Node;
use futures::StreamExt;
use serde_json::{Value, json};

use crate::args::{ReadArgs, SelectArgs};
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::counted;
use crate::select::{self, corners};
use crate::terminal::{self, tell};

#[derive(Debug, Args)]
pub(crate) struct NodesArgs {
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &NodesArgs) -> Result<Outcome> {
    let selection = select::selection(&args.select, &args.read).await?;
    let mut lost = Losses::new(args.read.on_error.0);
    let (mut count, mut points) = (0, 0);
    let mut out = BufWriter::new(terminal::out());
    write!(out, "{}", if args.json { JSON_HEAD } else { TABLE_HEAD })?;
    let mut nodes = selection.nodes();
    // Written as they come, since there can be millions.
    while let Some(node) = nodes.next().await {
        let Some(node) = lost.sort_out(node)? else {
            continue;
        };
        if args.json {
            write!(
                out,
                "{}\n{}",
                if count == 0 { "" } else { "," },
                to_json(&node)
            )?;
        } else {
            write_row(&mut out, &node)?;
        }
        count += 1;
        points += node.points;
    }
    if args.json {
        writeln!(out, "\n],\"points\":{points}}}")?;
    }
    out.flush()?;
    losses::tell(&lost, args.read.quiet);
    if !args.read.quiet {
        tell!("{}, {}", counted(count, "node"), counted(points, "point"));
        if count == 0 {
            select::tell_nothing(&selection, &lost, &[]);
        }
    }
    Ok(losses::outcome(&lost))
}

const JSON_HEAD: &str = "{\"nodes\":[";
const TABLE_HEAD: &str = "node                        points  xmin,ymin,zmin,xmax,ymax,zmax\n";

fn to_json(node: &Node) -> Value {
    let bounds: Vec<f64> = node.cell.min().into_iter().chain(node.cell.max()).collect();
    sorted_json(json!({ "key": node.name.to_string(), "points": node.points, "bounds": bounds }))
}

fn write_row(out: &mut impl Write, node: &Node) -> std::io::Result<()> {
    let (name, cell) = (node.name.to_string(), corners(&node.cell));
    writeln!(out, "{name:20}  {:>12}  {cell}", node.points)
}
