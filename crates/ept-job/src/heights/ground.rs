//! Reads the ground of a selection.

use std::path::Path;
use std::sync::Arc;

use ept_raster::{Lattice, MaxEdge};
use ept_reader::{Filter, Length, Selection};

use super::bare;
use super::surfaces::Surfaces;
use crate::raster::around::{Columns, UsedPoints};
use crate::raster::gather::{Wanted, gather};
use crate::raster::ground::Ground as Units;
use crate::raster::halo::{USUAL_EDGE, grown};
use crate::raster::plan::may_have;
use crate::{JobError, Losses, OnError, Pass, Progress};

/// The ground of a selection.
pub(crate) struct Ground {
    pub(crate) surfaces: Surfaces,
    /// Number of its points.
    pub(crate) points: u64,
    pub(crate) lost: Losses,
    /// What was read, which is more than the areas.
    pub(crate) read: Selection,
}

/// Reads the ground in the areas of a selection and around them: the points that meet a condition, for triangles with edges
/// up to some length.
///
/// # Errors
/// If the dataset can't be read, or the scratch file not be written.
pub(crate) async fn read(
    selection: &Selection,
    on_error: OnError,
    (ground, max_edge): (&Filter, Option<Length>),
    scratch: &Path,
    progress: impl FnMut(&Progress),
) -> Result<Ground, JobError> {
    let dataset = selection.dataset();
    let query = bare(selection.query());
    let own = dataset.select(&query)?;
    let units = Units::of_source(&own);
    let edge = max_edge.map_or(USUAL_EDGE, Length::metres);
    let max_edge = match max_edge {
        Some(length) => MaxEdge::new(length.metres(), units.metres)?,
        None => MaxEdge::NONE,
    };
    let wide = |areas: &[_]| -> Vec<_> {
        let wide = areas.iter().map(|area| grown(area, edge, &units));
        wide.collect()
    };
    let mut dimensions = ["X", "Y", "Z"].map(str::to_owned).to_vec();
    let named = ground.dimensions().iter();
    let named = named.filter(|name| may_have(&own, name));
    dimensions.extend(named.cloned());
    let query = query
        .with_areas(wide(selection.query().areas()))
        .with_any_of(wide(selection.query().any_of()))
        .with_dimensions(dimensions);
    let read = dataset.select(&query)?;
    let bucket = bucket(&own, &units);
    let lattice = Lattice::new(bucket, [0.0; 2])?;
    let wanted = Wanted {
        dimensions: vec!["Z".to_owned()],
        uses: Some(ground.clone()),
        keeps_all: false,
        ground: None,
        above: None,
        keeps_depth: false,
        bucket,
    };
    let mut pass = Pass::new(read.clone(), on_error);
    let found = gather(&mut pass, &read, lattice, wanted, scratch, progress).await?;
    let points = UsedPoints {
        buckets: Arc::new(found.buckets),
        columns: Columns::default(),
        judgement: None,
    };
    Ok(Ground {
        surfaces: Surfaces::new(points, max_edge),
        points: found.used,
        lost: pass.losses().clone(),
        read,
    })
}

/// Points in a bucket, about.
const IN_BUCKET: f64 = 1024.0;

/// Longest edge of a bucket in metres, unless points are so few that it would be empty.
const LONGEST: f64 = 32.0;

/// Edge of buckets that have about the right number of points, judging by what the dataset claims of itself. No height depends
/// on it.
fn bucket(selection: &Selection, units: &Units) -> f64 {
    let frame = selection.frame();
    let extent = frame.extent();
    let [width, height] = [0, 1].map(|axis| extent.max()[axis] - extent.min()[axis]);
    let points = selection.dataset().claimed_points().unwrap_or(0).max(1) as f64;
    let depth = selection.bound().depth();
    let spacing = depth.and_then(|depth| frame.spacing_at(depth));
    // Squares of the spacing have about one point each.
    let per_point = f64::max(
        width * height / points,
        spacing.map_or(0.0, |s| s * s / 2.0),
    );
    let longest = LONGEST / units.metres[0].max(units.metres[1]);
    let longest = longest.max(spacing.unwrap_or(0.0) * LONGEST);
    let edge = (IN_BUCKET * per_point).sqrt().min(longest);
    // Coordinates must be countable in buckets.
    let least = width.max(height) * 1e-6;
    let edge = edge.max(least);
    if edge.is_finite() && edge > 0.0 {
        edge
    } else {
        longest
    }
}
