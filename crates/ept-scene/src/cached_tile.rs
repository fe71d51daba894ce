//! Tiles ready to be drawn.

use std::sync::Arc;

use ept_format::{Bounds, Node};
use ept_points::{PointBatch, Values};
use ept_select::Frame;

use crate::{ColorBy, Paint, channels};

/// The points of a node, decoded once and shared: as columns, and in the forms that a GPU needs.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedTile {
    node: Node,
    points: PointBatch,
    origin: [f64; 3],
    positions: Arc<[[f32; 3]]>,
    colors: Option<Arc<[[u8; 4]]>>,
    intensities: Option<Arc<[u8]>>,
}

impl CachedTile {
    /// The tile of a node. `points` must have X, Y and Z.
    #[must_use]
    pub fn new(node: Node, points: PointBatch, frame: &Frame) -> CachedTile {
        let origin = middle(&node.cell);
        CachedTile {
            origin,
            positions: positions(&points, origin),
            colors: colors(&points, frame),
            intensities: intensities(&points, frame),
            node,
            points,
        }
    }

    /// The node. Its cell is in the dataset's coordinates.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The points, with the dimensions requested from the cache.
    #[must_use]
    pub fn points(&self) -> &PointBatch {
        &self.points
    }

    /// The origin of [`CachedTile::positions`]: the centre of the node's cell, in the dataset's coordinates.
    #[must_use]
    pub fn origin(&self) -> [f64; 3] {
        self.origin
    }

    /// Positions of the points relative to [`CachedTile::origin`], accurate to a 16-millionth of the cell.
    #[must_use]
    pub fn positions(&self) -> &Arc<[[f32; 3]]> {
        &self.positions
    }

    /// Red, green and blue from 0 to 255, then 255. `None` if the tile lacks one of them.
    ///
    /// 16-bit values are divided by 257, unless none in the dataset exceeds 255: some builders store 8-bit values
    /// unscaled. If the schema has no maximum, that of the tile decides.
    #[must_use]
    pub fn colors(&self) -> Option<&Arc<[[u8; 4]]>> {
        self.colors.as_ref()
    }

    /// Intensity, scaled so that 255 is the maximum in the schema or, failing that, of the type. `None` if the tile has
    /// none.
    #[must_use]
    pub fn intensities(&self) -> Option<&Arc<[u8]>> {
        self.intensities.as_ref()
    }

    /// The position of a point, in the dataset's coordinates. `None` if the index is out of bounds.
    #[must_use]
    pub fn position(&self, index: usize) -> Option<[f64; 3]> {
        let Self { points, .. } = self;
        Some([
            *points.x()?.get(index)?,
            *points.y()?.get(index)?,
            *points.z()?.get(index)?,
        ])
    }

    /// Memory in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns = self.points.columns().iter();
        let columns: usize = columns
            .map(|column| column.values.len() * column.values.scalar().size())
            .sum();
        let colors = self
            .colors
            .as_ref()
            .map_or(0, |colors| size_of_val(&**colors));
        let intensities = self.intensities.as_ref().map_or(0, |values| values.len());
        size_of::<CachedTile>() + columns + size_of_val(&*self.positions) + colors + intensities
    }
}

fn middle(cell: &Bounds) -> [f64; 3] {
    let (min, max) = (cell.min(), cell.max());
    [0, 1, 2].map(|i| min[i] + (max[i] - min[i]) / 2.0)
}

fn positions(points: &PointBatch, origin: [f64; 3]) -> Arc<[[f32; 3]]> {
    let places = points.places();
    let from_origin = |place: [f64; 3]| [0, 1, 2].map(|i| (place[i] - origin[i]) as f32);
    places.map(from_origin).collect()
}

fn colors(points: &PointBatch, frame: &Frame) -> Option<Arc<[[u8; 4]]>> {
    let channels = channels::channels(points)?;
    let full = channels::known_full(frame)
        .unwrap_or_else(|| channels::full(channels::greatest(&channels)));
    let colors = Paint::new(ColorBy::Rgb, [0.0, full]).measured_colors(points)?;
    Some(colors.into_iter().map(|[r, g, b]| [r, g, b, 255]).collect())
}

fn intensities(points: &PointBatch, frame: &Frame) -> Option<Arc<[u8]>> {
    let values = points.values("Intensity")?;
    let known = channels::maximum(frame, "Intensity").filter(|most| *most > 0.0);
    channels::to_u8(values, known.unwrap_or_else(|| most_of_type(values))).map(Arc::from)
}

fn most_of_type(values: &Values) -> f64 {
    match values {
        Values::U8(_) => 255.0,
        _ => 65535.0,
    }
}
