//! Draws the points of a selection.

use std::ops::ControlFlow;
use std::sync::Arc;

use ept_reader::{Bounds, Detail, Node, PointBatch, Query, Selection, Tile};
use ept_scene::{ColorBy, Drawing, PAPER, Paint, Sheet, Viewpoint, draw_loss, known_limits, shade};
use futures::{TryStreamExt, stream};

use super::canvases::Canvases;
use super::extent::{extent, tightened};
use super::frame::Framing;
use super::notes::{notes, points_legend};
use crate::tile_names::find_names;
use crate::{DrawnPicture, JobError, Nothing, Pass, PictureModel, Progress, Remark};

/// Draws the points of a selection. Of an octree only those depths are read whose points the picture can tell apart, as a
/// viewer would; the query may allow fewer.
///
/// The picture depends on the points alone, not on threads or the order in which they arrive. Boxes of what could not be
/// read are red. Without points, the picture says why there are none.
///
/// # Errors
/// If the dataset can't be read, lacks what the colour says, or its coordinates are not finite.
pub async fn draw_picture(
    pass: &mut Pass,
    model: &PictureModel,
    progress: impl FnMut(&Progress),
) -> Result<DrawnPicture, JobError> {
    find_names(pass).await?;
    let by = color_of(pass, model).await?;
    let wanted = pass.selection().query().clone();
    let wanted = wanted.with_dimensions(["X", "Y", "Z"].iter().chain(by.dimensions()).copied());
    let is_map = model.viewpoint == Viewpoint::Top;
    let has_legend = model.has_legend && by != ColorBy::Rgb;
    let sheet = Sheet::new(model.size.pixels(), is_map, has_legend);
    let (framing, nodes) = framed(pass, model, &wanted, sheet.window()).await?;
    let selection = pass.selection().clone();
    let drawing = Arc::new(Drawing::new(framing.camera, by, selection.frame(), &nodes));
    let threads = selection.dataset().engine().limits().threads.get();
    let canvases = Arc::new(Canvases::new(sheet.window(), threads));
    let mut points = 0;
    let make = {
        let (drawing, canvases) = (Arc::clone(&drawing), Arc::clone(&canvases));
        move |tile: Tile| {
            let number = tile.node.points as usize;
            canvases.draw(&drawing, number, |canvas| {
                drawing.draw(canvas, &tile.node, &tile.points);
            });
            tile.points.len() as u64
        }
    };
    let take = |_, drawn: u64| {
        points += drawn;
        Ok::<_, ept_reader::Error>(ControlFlow::Continue(()))
    };
    pass.read(&selection, make, take, progress).await?;
    pass.remarks.extend(Remark::of_absent(&selection));
    let mut canvas = canvases.take().unwrap_or_else(|| drawing.canvas());
    canvas.close_holes();
    let limits = known_limits(by, selection.frame()).filter(|_| by == ColorBy::Rgb);
    let limits = limits.or_else(|| canvas.limits(by)).unwrap_or([0.0, 255.0]);
    let paint = Paint::new(by, limits);
    let mut picture = canvas.picture(&paint, PAPER);
    if !is_map {
        shade(&mut picture, &canvas, &framing.camera);
    }
    for loss in pass.losses().sorted() {
        let lost = selection.loss_bounds(loss);
        draw_loss(
            &mut picture,
            &framing.camera,
            &within(&lost, &framing.shown),
        );
    }
    let mut notes = notes(&selection, &framing, !pass.losses().is_empty());
    notes.legend = points_legend(&canvas, &paint, &selection.frame().srs);
    if points == 0 {
        let nothing = Nothing::of(&selection, pass.losses(), pass.remarks());
        notes.message = Some(format!("nothing found: {nothing}"));
    }
    Ok(DrawnPicture {
        picture: sheet.compose(&picture, &notes),
        shown: framing.shown,
        points,
        pixels: canvas.drawn(),
        paint: Some(paint),
    })
}

/// What the colours say.
///
/// # Errors
/// If the dataset lacks it.
async fn color_of(pass: &Pass, model: &PictureModel) -> Result<ColorBy, JobError> {
    let selection = pass.selection();
    let frame = selection.frame();
    if let Some(by) = model.color {
        if by.is_in(frame) {
            return Ok(by);
        }
        let available = ColorBy::available(frame);
        let names: Vec<&str> = available.iter().map(|by| by.name()).collect();
        let problem = format!(
            "the dataset has no {}, which the colour {by} needs; it has {}",
            by.dimensions().join(", "),
            names.join(", ")
        );
        return Err(crate::OutputError::Value(problem).into());
    }
    let guess = ColorBy::default_of(frame, None);
    let statistics = |name: &&str| {
        let dimension = frame.dimension(name);
        dimension.is_some_and(|dimension| dimension.statistics.is_some())
    };
    if guess == ColorBy::Height || guess.dimensions().iter().all(statistics) {
        return Ok(guess);
    }
    let sample = sample(selection).await?;
    Ok(ColorBy::default_of(frame, sample.as_ref()))
}

/// The points of the first node that can be read, with what colours may say.
async fn sample(selection: &Selection) -> Result<Option<PointBatch>, JobError> {
    let frame = selection.frame();
    let offered = [ColorBy::Rgb, ColorBy::Intensity].into_iter();
    let offered = offered.filter(|by| by.is_in(frame));
    let names = offered.flat_map(ColorBy::dimensions).copied();
    let query = Query::new().with_dimensions(names);
    let mut nodes = selection.nodes();
    // What can't be read is told of by the pass.
    let Ok(Some(node)) = nodes.try_next().await else {
        return Ok(None);
    };
    drop(nodes);
    let one = selection.dataset().select(&query)?;
    let mut tiles = one.map_nodes(stream::iter([Ok(node)]), |tile| tile.points);
    Ok(tiles.try_next().await.unwrap_or_default())
}

/// Decides what is shown, and finds the nodes that are needed for it.
async fn framed(
    pass: &mut Pass,
    model: &PictureModel,
    wanted: &Query,
    window: [u32; 2],
) -> Result<(Framing, Vec<Node>), JobError> {
    let selection = pass.selection().clone();
    let shown = extent(&selection).unwrap_or_else(|| *selection.frame().extent());
    let mut framing = Framing::new(shown, model.viewpoint, &selection.frame().srs, window)?;
    let depth = depth_of(&framing, &selection);
    let mut nodes = find(pass, depth, wanted).await?;
    if model.viewpoint != Viewpoint::Top {
        // Heights are those of the nodes, since the dataset may have mountains elsewhere.
        let shown = tightened(&shown, &selection, &nodes);
        framing = Framing::new(shown, model.viewpoint, &selection.frame().srs, window)?;
        let nearer = depth_of(&framing, &selection);
        if nearer != depth {
            nodes = find(pass, nearer, wanted).await?;
        }
    }
    Ok((framing, nodes))
}

/// Finds the nodes that a picture needs. Their cells are in the coordinates of the dataset.
async fn find(pass: &mut Pass, depth: Option<u32>, wanted: &Query) -> Result<Vec<Node>, JobError> {
    let query = match depth {
        Some(depth) => wanted.clone().with_depth(depth),
        None => wanted.clone(),
    };
    let selection = pass.selection().with_query(&query)?;
    pass.bind(selection);
    pass.look_ahead(u64::MAX).await?;
    let nodes = pass.ahead().into_iter().map(|node| Node {
        cell: pass.selection().node_bounds(&node),
        ..node
    });
    Ok(nodes.collect())
}

/// The deepest depth whose points a picture can tell apart, or that the query allows. `None` if there are no depths.
fn depth_of(framing: &Framing, selection: &Selection) -> Option<u32> {
    let enough = selection
        .frame()
        .depth_for_resolution(framing.pixel())
        .ok()?;
    let allowed = match selection.query().detail() {
        Detail::All => None,
        _ => selection.bound().depth(),
    };
    Some(allowed.map_or(enough, |allowed| allowed.min(enough)))
}

/// The part of a lost box near what is shown, since boxes may be infinite.
fn within(lost: &Bounds, shown: &Bounds) -> Bounds {
    let width = [0, 1, 2].map(|i| shown.max()[i] - shown.min()[i]);
    let near = shown.grown(width);
    super::extent::common(lost, &near).unwrap_or(*lost)
}
