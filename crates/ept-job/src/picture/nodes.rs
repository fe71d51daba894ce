//! Draws the nodes of a selection.

use ept_reader::{Bounds, Node, Selection};
use ept_scene::{
    NO_VALUE, PAPER, Picture, Sheet, Viewpoint, depth_color, draw_area, draw_cell, draw_loss,
};

use super::extent::{common, extent};
use super::frame::Framing;
use super::notes::{nodes_legend, notes};
use crate::{DrawnPicture, JobError, Losses, Nothing, Pass, PictureModel};

/// Draws a map of the nodes of a selection, without reading their points: cells by depth, the deeper over the others, the
/// edge of the areas, and what could not be read in red. The viewpoint and colour of the model are not used.
///
/// # Errors
/// If the hierarchy can't be read, or coordinates are not finite.
pub async fn draw_nodes(pass: &mut Pass, model: &PictureModel) -> Result<DrawnPicture, JobError> {
    let nodes = pass.only_nodes().await?;
    draw_plan(pass.selection(), &nodes, pass.losses(), model)
}

/// As [`draw_nodes`], for nodes that are known, such as those of a plan.
///
/// # Errors
/// If coordinates are not finite.
pub fn draw_plan(
    selection: &Selection,
    nodes: &[Node],
    losses: &Losses,
    model: &PictureModel,
) -> Result<DrawnPicture, JobError> {
    let sheet = Sheet::new(model.size.pixels(), true, model.has_legend);
    let shown = shown(selection, nodes);
    let framing = Framing::new(
        shown,
        Viewpoint::Top,
        &selection.frame().srs,
        sheet.window(),
    )?;
    let window = framing.window();
    let mut picture = Picture::new(sheet.window(), PAPER);
    let deepest = nodes.iter().filter_map(Node::depth).max();
    let mut sorted: Vec<&Node> = nodes.iter().collect();
    sorted.sort_by_key(|node| (node.depth(), node.source, node.name));
    for node in &sorted {
        let color = match (node.depth(), deepest) {
            (Some(depth), Some(deepest)) => depth_color(depth, deepest),
            _ => NO_VALUE,
        };
        draw_cell(&mut picture, &window, &selection.node_bounds(node), color);
    }
    if selection.query().has_areas() {
        let height = height(selection);
        draw_area(&mut picture, &window, |cell| {
            let ([west, south, _], [east, north, _]) = (cell.min(), cell.max());
            let flat = Bounds::new([west, south, height], [east, north, height]);
            selection.relation(flat.as_ref().unwrap_or(cell))
        });
    }
    for loss in losses.sorted() {
        let lost = common(&selection.loss_bounds(loss), &shown.grown([1e9; 3]));
        draw_loss(&mut picture, &framing.camera, &lost.unwrap_or(shown));
    }
    let mut notes = notes(selection, &framing, !losses.is_empty());
    notes.legend = Some(nodes_legend(deepest));
    if nodes.is_empty() {
        let nothing = Nothing::of(selection, losses, &[]);
        notes.message = Some(format!("nothing found: {nothing}"));
    }
    Ok(DrawnPicture {
        picture: sheet.compose(&picture, &notes),
        shown,
        points: nodes.iter().map(|node| node.points).sum(),
        pixels: 0,
        paint: None,
    })
}

/// The areas, with some of what is around them, or all of the dataset.
fn shown(selection: &Selection, nodes: &[Node]) -> Bounds {
    let whole = selection.frame().bounds;
    let Some(areas) = extent(selection).filter(|_| selection.query().has_areas()) else {
        let cells = nodes.iter().map(|node| selection.node_bounds(node));
        return cells.reduce(|all, cell| all.joined(&cell)).unwrap_or(whole);
    };
    let margin = [0, 1].map(|i| (areas.max()[i] - areas.min()[i]) / 10.0);
    areas.grown([margin[0], margin[1], 0.0])
}

/// A height at which the areas are as wide as anywhere, as far as is known.
fn height(selection: &Selection) -> f64 {
    let envelope = selection.bound().wish().bounds;
    let heights = common(&envelope, &selection.frame().bounds);
    let heights = heights.unwrap_or(selection.frame().bounds);
    let (low, high) = (heights.min()[2], heights.max()[2]);
    low + (high - low) / 2.0
}
