//! What a raster turned out to be.

use ept_raster::{Band, CellKind, Grid, Window};
use serde_json::{Map, Value, json};

use super::gather::Gathered;
use super::judgement::OutliersFound;
use super::model::RasterModel;
use crate::{JobError, Pass, Progress, Report, sorted_json};

/// Progress of a raster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RasterProgress {
    /// Points are read.
    Reading(Progress),
    /// Tiles of cells are made.
    Making {
        /// Number of tiles that are done.
        done: u64,
        /// Number of all tiles.
        of: u64,
    },
}

/// What a raster turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct RasterSummary {
    /// The cells.
    pub grid: Grid,
    /// Number of points that were selected, including those around the area that cells at its edge depend on.
    pub selected: u64,
    /// Number of those that meet the condition of the model, outliers included.
    pub used: u64,
    /// The condition that points had to meet to be used. `None` if all were.
    pub uses: Option<String>,
    /// Outliers. `None` if none were sought.
    pub outliers: Option<OutliersFound>,
    counts: [u64; CellKind::ALL.len()],
    /// The box of the cells with used points.
    pub(crate) used_cells: Option<Window>,
    /// What the file says of its bands and of itself.
    pub(crate) bands: Vec<Band>,
    pub(crate) items: Vec<(String, String)>,
}

impl RasterSummary {
    pub(crate) fn new(grid: Grid, model: &RasterModel, gathered: &Gathered) -> RasterSummary {
        RasterSummary {
            grid,
            selected: gathered.selected,
            used: gathered.used,
            uses: model.uses.as_ref().map(ToString::to_string),
            outliers: None,
            counts: Default::default(),
            used_cells: gathered.window,
            bands: Vec::new(),
            items: Vec::new(),
        }
    }

    /// Number of cells of a kind.
    #[must_use]
    pub fn cells(&self, kind: CellKind) -> u64 {
        self.counts[kind as usize]
    }

    /// The report of a pass that made a raster, as a JSON object.
    #[must_use]
    pub fn report(pass: &Pass, made: &Result<RasterSummary, JobError>) -> Value {
        let written = made.as_ref().map(|made| made.used);
        let mut json = Report::new(pass, written).to_json();
        if let Ok(made) = made {
            json["raster"] = made.to_json();
        }
        sorted_json(json)
    }

    fn to_json(&self) -> Value {
        let cells = CellKind::ALL.map(|kind| (kind.to_string(), self.cells(kind).into()));
        json!({
            "columns": self.grid.columns(),
            "rows": self.grid.rows(),
            "cell": self.grid.lattice().cell(),
            "extent": self.grid.extent(),
            "selected": self.selected,
            "used": self.used,
            "uses": self.uses,
            "cells": cells.into_iter().collect::<Map<_, _>>(),
            "outliers": self.outliers.map(|found| json!({
                "points": found.points,
                "mean": found.distances.map(|distances| distances.mean),
                "deviation": found.distances.map(|distances| distances.deviation),
                "threshold": found.distances.map(|distances| distances.threshold),
            })),
        })
    }

    pub(crate) fn count(&mut self, counts: &[u64; CellKind::ALL.len()]) {
        for (all, more) in self.counts.iter_mut().zip(counts) {
            *all += more;
        }
    }
}
