//! `ept info --hierarchy`: nodes and points of each depth.

use std::io::Write;

use ept_job::Hierarchy;
use indicatif::HumanBytes;

use crate::numbers::{counted, grouped, rounded};

/// Length of the longest bar in characters.
const BAR: f64 = 24.0;

/// Writes a table with a row for each depth.
pub(crate) fn write(out: &mut impl Write, hierarchy: &Hierarchy) -> std::io::Result<()> {
    let most = hierarchy
        .depths
        .iter()
        .map(|depth| depth.points)
        .max()
        .unwrap_or(0)
        .max(1);
    writeln!(
        out,
        "depth {:>10} {:>10} {:>15} {:>10}",
        "spacing", "nodes", "points", "per unit^2"
    )?;
    for (depth, number) in hierarchy.depths.iter().zip(0..) {
        let bar = (depth.points as f64 / most as f64 * BAR).ceil() as usize;
        let density = depth
            .density()
            .map_or_else(|| "-".into(), |d| rounded(d, 4));
        writeln!(
            out,
            "{number:>5} {:>10} {:>10} {:>15} {density:>10}  {}",
            rounded(depth.spacing.unwrap_or(f64::NAN), 6),
            grouped(depth.nodes),
            grouped(depth.points),
            "#".repeat(bar),
        )?;
    }
    let pages = counted(hierarchy.pages, "page");
    writeln!(out, "{pages}, {}", HumanBytes(hierarchy.bytes))
}
