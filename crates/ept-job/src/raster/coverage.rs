//! Which cells of a raster the sources cover, and where they are incomplete.

use std::collections::BTreeMap;

use ept_points::{Column, Values};
use ept_raster::{Lattice, Window};
use ept_reader::{Area, Bounds, Crs, Frame, PointBatch, Selection};
use ept_select::{Cover, Relation};

use super::extent::Extent;
use super::place::place;
use crate::{JobError, sinks};

/// Which cells of a raster the sources cover, and where they are incomplete.
#[derive(Debug)]
pub(crate) struct Coverage {
    /// The areas of the query in the coordinates of the raster, and a height in all of them. `None` if there are none.
    areas: Option<(Cover, f64)>,
    /// Boxes of the points of each source.
    extents: Vec<Extent>,
    /// Boxes of parts that could not be read.
    lost: Vec<Extent>,
}

impl Coverage {
    /// The coverage of what was read. `extents` are the boxes of the points of each source.
    ///
    /// # Errors
    /// If the areas can't be brought to the coordinates of the raster.
    pub(crate) fn new(
        selection: &Selection,
        extents: BTreeMap<u32, Extent>,
        lost: Vec<Extent>,
    ) -> Result<Coverage, JobError> {
        let mut extents: Vec<Extent> = extents.into_values().collect();
        if selection.dataset().locations().len() == 1 {
            // Of an area, only a part of the source was read.
            extents.push(place(selection, selection.frame().extent()));
        }
        Ok(Coverage {
            areas: cover(selection)?,
            extents,
            lost,
        })
    }

    /// For each cell of a window, whether its centre is in the areas and within the points of a source, up to a cell.
    ///
    /// # Errors
    /// If the window can't be held as points.
    pub(crate) fn covered(
        &self,
        lattice: &Lattice,
        window: &Window,
    ) -> Result<Vec<bool>, JobError> {
        let centres = lattice.centres(window);
        let [west, south, east, north] = centres;
        let half = lattice.cell() / 2.0;
        let relation = self
            .areas
            .as_ref()
            .map_or(Relation::Inside, |(cover, height)| {
                let cells = Bounds::new([west, south, *height], [east, north, *height]);
                cells.map_or(Relation::Edge, |cells| cover.relation(&cells))
            });
        let near = self.extents.iter().chain(&self.lost);
        let near = near.map(|extent| extent.grown(half));
        let around = Extent::new(centres);
        let near: Vec<Extent> = near.filter(|extent| extent.meets(&around)).collect();
        if relation == Relation::Outside || near.is_empty() {
            return Ok(vec![false; window.len()]);
        }
        let centres = (0..window.len()).map(|at| {
            let [column, row] = window.cell_at(at);
            lattice.centre(column, row)
        });
        let is_near = |centre| {
            let centre = Extent::of(centre);
            near.iter().any(|extent| extent.meets(&centre))
        };
        let mut covered: Vec<bool> = centres.clone().map(is_near).collect();
        if let (Some((cover, height)), Relation::Edge) = (&self.areas, relation) {
            let axis = |axis: usize| Values::F64(centres.clone().map(|c| c[axis]).collect());
            let columns = vec![
                Column::new("X", axis(0)),
                Column::new("Y", axis(1)),
                Column::new("Z", Values::F64(vec![*height; window.len()])),
            ];
            let batch = PointBatch::new(columns)?;
            let cell = batch.extent().unwrap_or(Bounds::EVERYTHING);
            let mask = cover.mask(&cell, &batch).into_iter().flatten();
            let both = covered.iter_mut().zip(mask);
            both.for_each(|(is, keep)| *is &= keep);
        }
        Ok(covered)
    }

    /// For each cell of a window, whether points may be missing in it.
    pub(crate) fn incomplete(&self, lattice: &Lattice, window: &Window) -> Vec<bool> {
        let mut incomplete = vec![false; window.len()];
        let extent = |[west, south]: [i64; 2], [east, north]: [i64; 2]| {
            let (low, high) = (lattice.south(south), lattice.south(north));
            Extent::new([lattice.west(west), low, lattice.west(east), high])
        };
        let all = extent([window.west, window.south], [window.east(), window.north()]);
        for lost in self.lost.iter().filter(|lost| lost.meets(&all)) {
            for (at, incomplete) in incomplete.iter_mut().enumerate() {
                let [column, row] = window.cell_at(at);
                *incomplete |= lost.meets(&extent([column, row], [column + 1, row + 1]));
            }
        }
        incomplete
    }
}

/// The areas of a selection in the coordinates of its result, with a height at which to test them.
fn cover(selection: &Selection) -> Result<Option<(Cover, f64)>, JobError> {
    let query = selection.query();
    if !query.has_areas() {
        return Ok(None);
    }
    let bounds = *selection.bounds();
    let frame = Frame {
        srs: sinks::file_srs(selection).srs,
        bounds,
        conforming: None,
        slack: [0.0; 3],
        schema: Vec::new(),
        spacing: None,
    };
    let query = match query.output_crs() {
        Some(_) => query.in_terms_of(&crs_of(selection)?),
        None => query.clone(),
    };
    let areas: Vec<Area> = query.areas().iter().map(flat).collect();
    let made = Cover::new(&areas, query.edge(), &frame);
    let made = made.and_then(|cover| match query.any_of() {
        [] => Ok(cover),
        any_of => cover.with_any_of(any_of, query.edge(), &frame),
    });
    let height = bounds.min()[2] + (bounds.max()[2] - bounds.min()[2]) / 2.0;
    Ok(Some((made.map_err(ept_reader::Error::from)?, height)))
}

fn crs_of(selection: &Selection) -> Result<Crs, JobError> {
    let crs = selection.frame().crs();
    Ok(crs.map_err(ept_reader::Error::from)?)
}

/// An area for all heights.
fn flat(area: &Area) -> Area {
    let flat = area.as_bounds().and_then(|bounds| {
        let ([west, south, _], [east, north, _]) = (bounds.min(), bounds.max());
        let low = [west, south, f64::NEG_INFINITY];
        Area::from_corners(low, [east, north, f64::INFINITY], None).ok()
    });
    flat.unwrap_or_else(|| area.clone())
}
