//! What a query of Python has beside that of the library.

use std::path::PathBuf;

use ept_job::{HeightAboveGround, OnError, Terrain, ground_points};
use ept_reader::Length;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::errors;

/// What a query has beside that of the library.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Extras {
    pub(crate) limit: Option<u64>,
    /// The ground above which heights are measured.
    pub(crate) hag: Option<Ground>,
    pub(crate) has_geometry: bool,
    /// Whether parts that can't be read are skipped.
    pub(crate) skips: bool,
}

/// The ground above which heights are measured.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Ground {
    /// That of points of these classes.
    Classes(Vec<u8>),
    /// A terrain model.
    Raster(PathBuf),
}

/// Longest edge of triangles of the ground in metres, as that of the command.
const MAX_EDGE: f64 = 50.0;

impl Extras {
    /// What to do if a part of the data can't be read.
    pub(super) fn on_error(&self) -> OnError {
        if self.skips {
            OnError::Skip
        } else {
            OnError::Fail
        }
    }

    /// The heights that points get. `None` if they get none.
    ///
    /// # Errors
    /// If there is no class of the ground.
    pub(super) fn heights(&self, py: Python<'_>) -> PyResult<Option<HeightAboveGround>> {
        let ground = match &self.hag {
            None => return Ok(None),
            Some(Ground::Raster(path)) => Terrain::Raster(path.clone()),
            Some(Ground::Classes(classes)) => {
                let points = ground_points(classes);
                Terrain::Points(points.map_err(|error| errors::read(py, &error.into()))?)
            }
        };
        Ok(Some(HeightAboveGround {
            ground,
            max_edge: Length::from_metres(MAX_EDGE),
        }))
    }
}
