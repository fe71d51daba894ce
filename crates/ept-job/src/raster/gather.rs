//! Reads the points of a raster into buckets.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use ept_raster::{Grid, Lattice, RasterError, Window};
use ept_reader::{Filter, Node, Selection, Tile};

use super::buckets::{Buckets, Stored};
use super::extent::Extent;
use super::scratch::Scratch;
use crate::heights::TerrainRaster;
use crate::{JobError, Pass, Progress};

/// Which numbers of a point are kept, besides X and Y.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Dimensions, the one whose values are shown first.
    pub(crate) dimensions: Vec<String>,
    /// The points that are used.
    pub(crate) uses: Option<Filter>,
    /// Whether the others are kept too, with NaN as value.
    pub(crate) keeps_all: bool,
    /// The points of the ground, whose Z is kept as a further number, NaN of others.
    pub(crate) ground: Option<Filter>,
    /// The raster of the ground, if the values are heights above it.
    pub(crate) above: Option<Arc<TerrainRaster>>,
    /// Length of the edges of buckets, in units.
    pub(crate) bucket: f64,
    /// Whether the depth of each point's node in its octree is kept too, as the last number.
    pub(crate) keeps_depth: bool,
}

impl Wanted {
    /// Numbers of a point.
    fn width(&self) -> usize {
        2 + self.dimensions.len()
            + usize::from(self.ground.is_some())
            + usize::from(self.keeps_depth)
    }
}

/// The points of a raster.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) buckets: Buckets,
    /// The cells with used points. `None` if there are none.
    pub(crate) window: Option<Window>,
    /// The box of all selected points of each source, used or not.
    pub(crate) extents: BTreeMap<u32, Extent>,
    /// Number of selected points.
    pub(crate) selected: u64,
    /// Number of used points.
    pub(crate) used: u64,
}

/// Reads all points of a selection into buckets, in a scratch file in the folder `scratch`. `read` is the selection with all
/// dimensions that are needed.
///
/// # Errors
/// If the dataset can't be read, a point is not on the lattice, or the scratch file can't be written.
pub(crate) async fn gather(
    pass: &mut Pass,
    read: &Selection,
    lattice: Lattice,
    wanted: Wanted,
    scratch: &Path,
    progress: impl FnMut(&Progress),
) -> Result<Gathered, JobError> {
    let width = wanted.width();
    let scratch = Arc::new(Scratch::new(scratch));
    let edge = Buckets::edge_of(&lattice, wanted.bucket);
    let mut buckets = Buckets::new(lattice, edge, width, Arc::clone(&scratch));
    let mut box_of_cells = None;
    let mut extents = BTreeMap::new();
    let (mut selected, mut used) = (0, 0);
    let make = move |tile: Tile| TilePoints::of(&tile, &wanted, (&lattice, edge), &scratch);
    let take = |node: Node, part: Result<TilePoints, JobError>| {
        let part = part?;
        buckets.add(part.stored);
        box_of_cells = box_of_cells
            .into_iter()
            .chain(part.cells)
            .reduce(Extent::joined);
        if let Some(extent) = part.extent {
            let known = extents.entry(node.source).or_insert(extent);
            *known = known.joined(extent);
        }
        selected += part.selected;
        used += part.used;
        Ok::<_, JobError>(ControlFlow::Continue(()))
    };
    pass.read(read, make, take, progress).await?;
    Ok(Gathered {
        buckets,
        window: box_of_cells.map(window_of).transpose()?,
        extents,
        selected,
        used,
    })
}

/// The points of a node.
struct TilePoints {
    stored: Stored,
    /// The box of the cells of used points.
    cells: Option<Extent<i64>>,
    /// The box of all points.
    extent: Option<Extent>,
    selected: u64,
    used: u64,
}

impl TilePoints {
    fn of(
        tile: &Tile,
        wanted: &Wanted,
        (lattice, edge): (&Lattice, i64),
        scratch: &Scratch,
    ) -> Result<TilePoints, JobError> {
        let points = &tile.points;
        let depth = tile.node.depth().unwrap_or(u32::MAX);
        let depth = wanted.keeps_depth.then_some(f64::from(depth));
        let (Some(x), Some(y)) = (points.x(), points.y()) else {
            return Err(JobError::NotOnGrid("points without X and Y".into()));
        };
        let mut columns: Vec<Option<Vec<f64>>> = wanted
            .dimensions
            .iter()
            .map(|name| points.find(name).and_then(ept_points::Values::to_f64))
            .collect();
        if let (Some(raster), Some(value)) = (&wanted.above, columns.first_mut()) {
            *value = Some(raster.heights(points)?);
        }
        let uses = wanted.uses.as_ref().map(|filter| filter.mask(points));
        let ground = wanted.ground.as_ref().map(|filter| filter.mask(points));
        let z = points.z().unwrap_or_default();
        let width = wanted.width();
        let ([west, east], [south, north]) = (ends(x), ends(y));
        let mut part = TilePoints {
            stored: Stored::default(),
            cells: None,
            extent: (!x.is_empty()).then_some(Extent::new([west, south, east, north])),
            selected: points.len() as u64,
            used: 0,
        };
        let (mut rows, mut places) = (Vec::new(), Vec::with_capacity(points.len()));
        rows.reserve(points.len() * width);
        for point in 0..points.len() {
            let (x, y) = (x[point], y[point]);
            let cell = lattice.find(x, y).ok_or_else(|| {
                JobError::NotOnGrid(format!(
                    "a point at {x}, {y}, in cells of {}",
                    lattice.cell()
                ))
            })?;
            let number = |column: &Option<Vec<f64>>| column.as_ref().map_or(f64::NAN, |c| c[point]);
            let value = columns.first().map_or(f64::NAN, number);
            let is_used = uses.as_ref().is_none_or(|mask| mask[point]) && value.is_finite();
            if is_used {
                part.used += 1;
                part.cells = part
                    .cells
                    .into_iter()
                    .chain([Extent::of(cell)])
                    .reduce(Extent::joined);
            } else if !wanted.keeps_all && !ground.as_ref().is_some_and(|mask| mask[point]) {
                continue;
            }
            rows.extend([x, y, if is_used { value } else { f64::NAN }]);
            rows.extend(columns.iter().skip(1).map(number));
            let height = |mask: &Vec<bool>| z.get(point).filter(|_| mask[point]);
            rows.extend(
                ground
                    .as_ref()
                    .map(|mask| height(mask).copied().unwrap_or(f64::NAN)),
            );
            rows.extend(depth);
            places.push(cell);
        }
        part.stored =
            Stored::write(scratch, (edge, width), &rows, &places).map_err(JobError::Scratch)?;
        Ok(part)
    }
}

/// Least and greatest of some coordinates.
fn ends(coordinates: &[f64]) -> [f64; 2] {
    let none = [f64::INFINITY, f64::NEG_INFINITY];
    let ends = coordinates.iter();
    ends.fold(none, |[min, max], c| [min.min(*c), max.max(*c)])
}

/// The window from the first to the last column and row.
pub(crate) fn window_of(cells: Extent<i64>) -> Result<Window, RasterError> {
    let [west, south, east, north] = cells.corners();
    let size = |first: i64, last: i64| u32::try_from(last - first + 1).ok();
    let window = size(west, east).zip(size(south, north));
    let window = window.map(|(columns, rows)| Window {
        west,
        south,
        columns,
        rows,
    });
    window.ok_or_else(|| RasterError::Size {
        columns: (east - west) as f64 + 1.0,
        rows: (north - south) as f64 + 1.0,
        limit: Grid::LONGEST,
    })
}
