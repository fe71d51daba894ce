//! Draws points on a canvas.

use std::collections::HashMap;
use std::sync::Arc;

use ept_format::{Node, NodeName};
use ept_points::{PointBatch, Values};
use ept_select::Frame;

use crate::canvas::{NO_POINT_VALUE, Value, value_of};
use crate::detail::Detail;
use crate::palette::Color;
use crate::splat::Splat;
use crate::{CachedTile, Camera, Canvas, ColorBy, Paint, Picture, View, channels, shade};

/// Draws the points of some nodes as a camera sees them: so large that no holes are between them, as far as the distances
/// between points are known from the nodes.
///
/// The nodes may be drawn in any order, on any number of canvases.
#[derive(Debug)]
pub struct Drawing {
    camera: Camera,
    by: ColorBy,
    detail: Detail,
    /// The number of each node.
    numbers: HashMap<(u32, NodeName), u32>,
}

/// Widths of points in pixels: the least, and the most however far apart points are.
const WIDTHS: [f64; 2] = [1.0, 24.0];
/// Width of a point by the distance between points: points on a surface are not on a lattice.
const OVERLAP: f64 = 1.5;

impl Drawing {
    /// A drawing of these nodes. `frame` is that of their source.
    #[must_use]
    pub fn new(camera: Camera, by: ColorBy, frame: &Frame, nodes: &[Node]) -> Drawing {
        let numbers = nodes.iter().zip(0_u32..);
        let numbers = numbers.map(|(node, number)| ((node.source, node.name), number));
        Drawing {
            camera,
            by,
            detail: Detail::new(nodes, frame.spacing),
            numbers: numbers.collect(),
        }
    }

    /// The camera.
    #[must_use]
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// What the colours say.
    #[must_use]
    pub fn by(&self) -> ColorBy {
        self.by
    }

    /// A canvas of the size of the camera's image.
    #[must_use]
    pub fn canvas(&self) -> Canvas {
        Canvas::new(self.camera.viewport().map(|side| side.ceil() as u32))
    }

    /// Draws points of a node. They must have X, Y and Z; points that lack what the colour says are grey.
    pub fn draw(&self, canvas: &mut Canvas, node: &Node, points: &PointBatch) {
        let number = self.numbers.get(&(node.source, node.name)).copied();
        let number = number.unwrap_or(u32::MAX);
        let branch = self.detail.branch(node);
        let values = values(self.by, points);
        let scale = self.camera.depth_scale();
        let perspective = self.camera.eye().map(|_| self.camera.pixels_at_one());
        let mut splats = Vec::with_capacity(Splat::BLOCK);
        for (place, index) in points.places().zip(0_u32..) {
            let Some([x, y, depth]) = self.camera.project(place) else {
                continue;
            };
            let spacing = self.detail.spacing(branch, place);
            let width = OVERLAP * self.camera.pixels_at(spacing, place);
            let width = if width > WIDTHS[0] { width } else { WIDTHS[0] };
            splats.push(Splat {
                at: [x, y],
                // The size of a pixel at this depth, in units of the depth.
                slope: perspective.map_or(1.0, |pixels| depth / pixels),
                depth: (depth * scale) as f32,
                width: width.min(WIDTHS[1]) as f32,
                index,
            });
            if splats.len() == Splat::BLOCK {
                canvas.draw(&splats, number, &values);
                splats.clear();
            }
        }
        canvas.draw(&splats, number, &values);
    }
}

/// The value of each point.
fn values(by: ColorBy, points: &PointBatch) -> Vec<Value> {
    let found = match by {
        ColorBy::Rgb => measured(points),
        by => {
            let values = points.find(by.dimensions()[0]).and_then(Values::to_f64);
            values.map(|values| values.into_iter().map(f64::to_bits).collect())
        }
    };
    found.unwrap_or_else(|| vec![NO_POINT_VALUE; points.len()])
}

/// The channels of each point. `None` if the points lack one.
fn measured(points: &PointBatch) -> Option<Vec<Value>> {
    let [red, green, blue] = channels::channels(points)?.map(sixteen_bits);
    let (red, green, blue) = (red?, green?, blue?);
    let channels = red.iter().zip(&green).zip(&blue);
    Some(channels.map(|((&r, &g), &b)| value_of([r, g, b])).collect())
}

/// The values of a channel. The conversion to `u16` saturates.
fn sixteen_bits(values: &Values) -> Option<Vec<u16>> {
    Some(match values {
        Values::U16(values) => values.clone(),
        other => other.to_f64()?.into_iter().map(|v| v as u16).collect(),
    })
}

/// Draws what a view shows of tiles, in the camera's size, with shadows at the edges of what is nearer. Only points inside
/// the view's areas are drawn.
///
/// `frame` is that of the dataset. Which tiles there are is up to the caller, for example those of `Scene::look` in
/// `ept-reader`.
#[must_use]
pub fn draw_view(
    view: &View,
    paint: &Paint,
    frame: &Frame,
    tiles: &[Arc<CachedTile>],
    background: Color,
) -> Picture {
    let mut nodes: Vec<Node> = tiles.iter().map(|tile| *tile.node()).collect();
    nodes.sort_by_key(|node| (node.source, node.name));
    let drawing = Drawing::new(*view.camera(), paint.by(), frame, &nodes);
    let mut canvas = drawing.canvas();
    for tile in tiles {
        let (node, points) = (tile.node(), tile.points());
        match view.mask(&node.cell, points) {
            None => drawing.draw(&mut canvas, node, points),
            Some(mask) => {
                let mut inside = points.clone();
                inside.retain(&mask);
                drawing.draw(&mut canvas, node, &inside);
            }
        }
    }
    canvas.close_holes();
    let mut picture = canvas.picture(paint, background);
    shade(&mut picture, &canvas, view.camera());
    picture
}
