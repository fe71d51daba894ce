//! Reads the points of a raster into buckets.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use ept_raster::{Grid, Lattice, RasterError, Window};
use ept_reader::{Filter, Node, Selection, Tile, Values};

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
        let numbers = Numbers::of(tile, wanted)?;
        let (x, y) = (numbers.x, numbers.y);
        let mut kept = Vec::with_capacity(x.len());
        let mut cells = Vec::with_capacity(x.len());
        let (mut used, mut used_cells) = (0, None);
        for (point, (x, y)) in x.iter().zip(y).enumerate() {
            let cell = lattice.find(*x, *y).ok_or_else(|| {
                JobError::NotOnGrid(format!(
                    "a point at {x}, {y}, in cells of {}",
                    lattice.cell()
                ))
            })?;
            if numbers.is_used(point) {
                used += 1;
                let around = used_cells.get_or_insert(Extent::of(cell));
                *around = around.joined(Extent::of(cell));
            } else if !wanted.keeps_all && !numbers.is_ground(point) {
                continue;
            }
            kept.push(point);
            cells.push(cell);
        }
        let columns = numbers.columns();
        let number = |row: usize, column: usize| columns[column].of(kept[row]);
        let stored = Stored::write(scratch, (edge, columns.len()), &cells, number);
        let ([west, east], [south, north]) = (ends(x), ends(y));
        Ok(TilePoints {
            stored: stored.map_err(JobError::Scratch)?,
            cells: used_cells,
            extent: (!x.is_empty()).then_some(Extent::new([west, south, east, north])),
            selected: x.len() as u64,
            used,
        })
    }
}

/// The numbers of the points of a node.
struct Numbers<'a> {
    x: &'a [f64],
    y: &'a [f64],
    /// The values of used points, NaN of others.
    values: Cow<'a, [f64]>,
    /// The further dimensions. `None` for those that the node lacks.
    others: Vec<Option<Cow<'a, [f64]>>>,
    /// Z of points of the ground, NaN of others.
    ground: Option<Vec<f64>>,
    depth: Option<f64>,
}

impl<'a> Numbers<'a> {
    fn of(tile: &'a Tile, wanted: &Wanted) -> Result<Numbers<'a>, JobError> {
        let points = &tile.points;
        let (Some(x), Some(y)) = (points.x(), points.y()) else {
            return Err(JobError::NotOnGrid("points without X and Y".into()));
        };
        let mut columns: Vec<_> = wanted
            .dimensions
            .iter()
            .map(|name| points.find(name).and_then(numbers))
            .collect();
        if let (Some(raster), Some(value)) = (&wanted.above, columns.first_mut()) {
            *value = Some(raster.heights(points)?.into());
        }
        let mut columns = columns.into_iter();
        let values = columns.next().flatten();
        let values = values.unwrap_or_else(|| vec![f64::NAN; x.len()].into());
        let uses = wanted.uses.as_ref().map(|filter| filter.mask(points));
        let ground = wanted.ground.as_ref().map(|filter| filter.mask(points));
        let z = points.z().unwrap_or_default();
        let depth = f64::from(tile.node.depth().unwrap_or(u32::MAX));
        Ok(Numbers {
            x,
            y,
            values: used(values, uses.as_deref()),
            others: columns.collect(),
            ground: ground.map(|mask| masked(z, &mask)),
            depth: wanted.keeps_depth.then_some(depth),
        })
    }

    fn is_used(&self, point: usize) -> bool {
        !self.values[point].is_nan()
    }

    fn is_ground(&self, point: usize) -> bool {
        let ground = self.ground.as_ref();
        ground.is_some_and(|heights| !heights[point].is_nan())
    }

    /// What is in each column of the rows.
    fn columns(&self) -> Vec<Column<'_>> {
        let others = self.others.iter().map(|column| match column {
            Some(numbers) => Column::Each(numbers),
            None => Column::Same(f64::NAN),
        });
        [self.x, self.y, &self.values]
            .map(Column::Each)
            .into_iter()
            .chain(others)
            .chain(self.ground.as_deref().map(Column::Each))
            .chain(self.depth.map(Column::Same))
            .collect()
    }
}

/// The numbers in a column of the rows of a node.
enum Column<'a> {
    /// One for each point of the node.
    Each(&'a [f64]),
    Same(f64),
}

impl Column<'_> {
    fn of(&self, point: usize) -> f64 {
        match self {
            Column::Each(numbers) => numbers[point],
            Column::Same(number) => *number,
        }
    }
}

/// Values as numbers. `None` if they are bytes.
fn numbers(values: &Values) -> Option<Cow<'_, [f64]>> {
    match values {
        Values::F64(values) => Some(values.into()),
        others => others.to_f64().map(Cow::from),
    }
}

/// The finite values of points that are used, NaN of others.
fn used<'a>(values: Cow<'a, [f64]>, uses: Option<&[bool]>) -> Cow<'a, [f64]> {
    let finite = |value: &f64| if value.is_finite() { *value } else { f64::NAN };
    match uses {
        Some(mask) => masked(&values, mask).iter().map(finite).collect(),
        None if values.iter().all(|value| value.is_finite()) => values,
        None => values.iter().map(finite).collect(),
    }
}

/// The values where a mask is set, NaN elsewhere. As long as the mask.
fn masked(values: &[f64], mask: &[bool]) -> Vec<f64> {
    let value = |(at, is_set): (usize, &bool)| match values.get(at) {
        Some(value) if *is_set => *value,
        _ => f64::NAN,
    };
    mask.iter().enumerate().map(value).collect()
}

/// Least and greatest of some coordinates.
fn ends(coordinates: &[f64]) -> [f64; 2] {
    let none = [f64::INFINITY, f64::NEG_INFINITY];
    // A comparison and a choice are an instruction each; `f64::min` has several.
    coordinates.iter().fold(none, |[min, max], c| {
        [
            if *c < min { *c } else { min },
            if *c > max { *c } else { max },
        ]
    })
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
