//! `ept nodes`: the nodes that a query would read.

use std::io::{BufWriter, Write};

use anyhow::Result;
use clap::Args;
use ept_job::{Losses, sorted_json};
use ept_reader::Node;
use futures::StreamExt;
use serde_json::json;

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
    let mut nodes: Vec<Node> = Vec::new();
    let mut found = selection.nodes();
    while let Some(node) = found.next().await {
        nodes.extend(lost.sort_out(node)?);
    }
    let points = nodes.iter().map(|node| node.points).sum();
    let mut out = BufWriter::new(terminal::out());
    if args.json {
        write_json(&mut out, points, &nodes)?;
    } else {
        write_table(&mut out, &nodes)?;
    }
    out.flush()?;
    losses::tell(&lost, args.read.quiet);
    if !args.read.quiet {
        let count = counted(nodes.len() as u64, "node");
        tell!("{count}, {}", counted(points, "point"));
        if nodes.is_empty() {
            select::tell_nothing(&selection, &lost, &[]);
        }
    }
    Ok(losses::outcome(&lost))
}

/// One object; its nodes are written one by one, since there can be millions.
fn write_json(out: &mut impl Write, points: u64, nodes: &[Node]) -> std::io::Result<()> {
    write!(out, "{{\"points\":{points},\"nodes\":[")?;
    for (at, node) in nodes.iter().enumerate() {
        let bounds: Vec<f64> = node.cell.min().into_iter().chain(node.cell.max()).collect();
        let node = json!({ "key": node.name.to_string(), "points": node.points, "bounds": bounds });
        let node = sorted_json(node);
        write!(out, "{}\n{node}", if at == 0 { "" } else { "," })?;
    }
    writeln!(out, "\n]}}")
}

fn write_table(out: &mut impl Write, nodes: &[Node]) -> std::io::Result<()> {
    let width = nodes
        .iter()
        .map(|node| node.name.to_string().len())
        .max()
        .unwrap_or(0)
        .max(4);
    writeln!(
        out,
        "{:width$}  {:>12}  xmin,ymin,zmin,xmax,ymax,zmax",
        "node", "points"
    )?;
    for node in nodes {
        let key = node.name.to_string();
        writeln!(
            out,
            "{key:width$}  {:>12}  {}",
            node.points,
            corners(&node.cell)
        )?;
    }
    Ok(())
}
