//! `ept nodes`: the nodes that a query would read.

use std::io::{BufWriter, Write};

use anyhow::Result;
use ept_reader::Node;
use serde_json::json;

use crate::args::NodesArgs;
use crate::exit::Outcome;
use crate::numbers::counted;
use crate::select::{Selection, corners};

pub(crate) async fn run(args: &NodesArgs) -> Result<Outcome> {
    let selection = Selection::open(&args.select, &args.read).await?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    match args.json {
        true => write_json(&mut out, &selection)?,
        false => write_table(&mut out, &selection.nodes)?,
    }
    out.flush()?;
    selection.losses.tell();
    if !args.read.quiet {
        let nodes = counted(selection.nodes.len() as u64, "node");
        eprintln!("{nodes}, {}", counted(selection.points(), "point"));
        if selection.nodes.is_empty() {
            eprintln!("nothing found: {}", selection.why_nothing());
        }
    }
    Ok(match selection.losses.is_empty() {
        true => Outcome::Complete,
        false => Outcome::Incomplete,
    })
}

/// One object; its nodes are written one by one, since there can be millions.
fn write_json(out: &mut impl Write, selection: &Selection) -> std::io::Result<()> {
    write!(out, "{{\"points\":{},\"nodes\":[", selection.points())?;
    for (at, node) in selection.nodes.iter().enumerate() {
        let bounds: Vec<f64> = node.cell.min().into_iter().chain(node.cell.max()).collect();
        let node = json!({ "key": node.key.to_string(), "points": node.points, "bounds": bounds });
        write!(out, "{}\n{node}", if at == 0 { "" } else { "," })?;
    }
    writeln!(out, "\n]}}")
}

fn write_table(out: &mut impl Write, nodes: &[Node]) -> std::io::Result<()> {
    let width = nodes
        .iter()
        .map(|node| node.key.to_string().len())
        .max()
        .unwrap_or(0)
        .max(4);
    writeln!(
        out,
        "{:width$}  {:>12}  xmin,ymin,zmin,xmax,ymax,zmax",
        "node", "points"
    )?;
    for node in nodes {
        let key = node.key.to_string();
        writeln!(
            out,
            "{key:width$}  {:>12}  {}",
            node.points,
            corners(&node.cell)
        )?;
    }
    Ok(())
}
