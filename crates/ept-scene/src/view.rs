//! What a camera sees of a dataset.

use std::sync::Arc;

use ept_format::{Bounds, Key, Node, Policy};
use ept_points::PointBatch;
use ept_select::{Area, Cover, Edge, Frame, Relation, SelectError, Selection};

use crate::Camera;

/// A camera's policy: the nodes that it sees, starting with those whose points are farthest apart in the image, so
/// parents come before their children.
///
/// A node is wanted if the points of its parent alone would be more than [`View::with_min_pixels`] apart, where the
/// node is nearest to the eye. So no points in the image are farther apart, as far as the data and the other limits
/// allow. The choice depends only on the view and the dataset: equal views give equal nodes in the same order.
///
/// ```
/// use ept_format::{Key, Metadata, Policy};
/// use ept_scene::{Camera, View};
/// use ept_select::Frame;
///
/// let metadata = Metadata::from_json(br#"{
///     "bounds": [0, 0, 0, 64, 64, 64], "span": 64, "dataType": "laszip",
///     "schema": [{"name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 32}]
/// }"#)?;
/// let camera = Camera::perspective([32.0, 0.0, 90.0], [32.0, 32.0, 0.0], 1.0, [1280.0, 720.0])?;
/// let view = View::new(&Frame::from(&metadata), camera).with_min_pixels(2.0);
/// let rank = |key: Key| view.rank(key, &metadata.bounds().cell(key));
/// assert!(rank(Key::ROOT) > rank("1-0-0-0".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct View {
    camera: Camera,
    min_pixels: f64,
    max_points: u64,
    max_depth: u32,
    clip: Option<Arc<Cover>>,
    selection: Option<Selection>,
    /// Spacing of the root.
    spacing: f64,
    slack: [f64; 3],
}

impl View {
    /// A view of a dataset with a minimum of one pixel and a budget of two million points.
    #[must_use]
    pub fn new(frame: &Frame, camera: Camera) -> View {
        View {
            camera,
            min_pixels: 1.0,
            max_points: 2_000_000,
            max_depth: Key::MAX_DEPTH,
            clip: None,
            selection: None,
            spacing: frame.spacing.unwrap_or(f64::NAN),
            slack: frame.slack,
        }
    }

    /// Leaves out nodes below one whose points are at most this many pixels apart. The default is 1. At 0 or below,
    /// every node in view is wanted.
    #[must_use]
    pub fn with_min_pixels(mut self, pixels: f64) -> View {
        self.min_pixels = pixels;
        self
    }

    /// Sets the maximum number of points. The default is 2 million. A walk does not count points, see
    /// [`View::within_budget`].
    #[must_use]
    pub fn with_max_points(mut self, points: u64) -> View {
        self.max_points = points;
        self
    }

    /// Only depths 0 to `depth`, inclusive.
    #[must_use]
    pub fn with_max_depth(mut self, depth: u32) -> View {
        self.max_depth = depth;
        self
    }

    /// Only nodes that intersect all of these areas. Nodes stay whole: [`View::mask`] tells which points are inside.
    ///
    /// # Errors
    /// As for [`Cover::new`]: if an area's coordinate system can't be transformed to that of the dataset.
    pub fn with_areas(mut self, areas: &[Area], frame: &Frame) -> Result<View, SelectError> {
        self.clip = Some(Arc::new(Cover::new(areas, Edge::Closed, frame)?));
        Ok(self)
    }

    /// Only nodes that a selection of the dataset reads, besides what other limits allow. Nodes stay whole: [`View::mask`]
    /// tells which points are selected.
    #[must_use]
    pub fn with_selection(mut self, selection: Selection) -> View {
        self.selection = Some(selection);
        self
    }

    /// The camera.
    #[must_use]
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// The maximum number of points.
    #[must_use]
    pub fn max_points(&self) -> u64 {
        self.max_points
    }

    /// The first nodes, in the order of a walk, that together have at most [`View::max_points`] points.
    #[must_use]
    pub fn within_budget(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<Node> {
        let mut total = 0_u64;
        let fits = |node: &Node| {
            total = total.saturating_add(node.points);
            total <= self.max_points
        };
        nodes.into_iter().take_while(fits).collect()
    }

    /// Which points of a node are inside the view's areas and in its selection. `None` if all of them are. The batch must
    /// have X, Y and Z. None are selected if it lacks what the selection needs.
    #[must_use]
    pub fn mask(&self, cell: &Bounds, points: &PointBatch) -> Option<Vec<bool>> {
        let clip = self.clip.as_ref();
        let inside = clip.and_then(|clip| clip.mask(cell, points));
        let selected = self.selection.as_ref().and_then(|selection| {
            let mask = selection.mask(cell, points);
            mask.unwrap_or_else(|_| Some(vec![false; points.len()]))
        });
        match (inside, selected) {
            (Some(mut mask), Some(selected)) => {
                let both = mask.iter_mut().zip(selected);
                both.for_each(|(keep, is_selected)| *keep = *keep && is_selected);
                Some(mask)
            }
            (mask, None) | (None, mask) => mask,
        }
    }

    fn is_in_areas(&self, cell: &Bounds) -> bool {
        let outside = |cover: &Arc<Cover>| cover.relation(cell) == Relation::Outside;
        !self.clip.as_ref().is_some_and(outside)
    }

    fn is_selected(&self, key: Key, cell: &Bounds) -> bool {
        let selection = self.selection.as_ref();
        selection.is_none_or(|selection| selection.reads(key, cell))
    }
}

impl Policy for View {
    /// Pixels between points at the cell's depth, where the cell is nearest.
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64> {
        if key.depth() > self.max_depth {
            return None;
        }
        let grown = cell.grown(self.slack);
        let spacing = self.spacing / (1_u64 << key.depth()) as f64;
        let pixels = self.camera.pixels(spacing, &grown);
        let is_root = key == Key::ROOT;
        // Cheap tests first.
        let is_wanted = (is_root || pixels * 2.0 > self.min_pixels)
            && self.camera.sees(&grown)
            && self.is_in_areas(cell)
            && self.is_selected(key, cell);
        is_wanted.then_some(pixels)
    }
}

/// A reference to a view, as the policy of a walk.
#[derive(Debug)]
pub(crate) struct Sight<'a>(pub(crate) &'a View);

impl Policy for Sight<'_> {
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64> {
        self.0.rank(key, cell)
    }
}
