//! What a work unit of points does beside its query, as text.

use std::path::{Path, PathBuf};

use ept_reader::Unit;
use serde::{Deserialize, Serialize};

use crate::{HeightAboveGround, JobError, Pass, Terrain};

/// What becomes of the points of a unit beside what its query says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PointsWork {
    /// Maximum number of points of the whole result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<u64>,
    /// Number of points of the unit that are among those. `None` if all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) take: Option<u64>,
    /// The raster that heights are measured above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) terrain: Option<PathBuf>,
}

/// The text of a unit's work.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkText {
    points: PointsWork,
}

impl PointsWork {
    /// The work of a pass.
    ///
    /// # Errors
    /// If heights are measured above points.
    pub(super) fn of(pass: &Pass) -> Result<PointsWork, JobError> {
        let terrain = match pass.heights().map(|heights| &heights.ground) {
            None => None,
            Some(Terrain::Raster(path)) => Some(absolute(path)?),
            Some(Terrain::Points(_)) => {
                return Err(JobError::GroundUnits);
            }
        };
        Ok(PointsWork {
            limit: pass.limit(),
            take: None,
            terrain,
        })
    }

    /// The work of a unit. `None` if it does not make points.
    pub(super) fn of_unit(unit: &Unit) -> Option<PointsWork> {
        let Some(text) = unit.work() else {
            return Some(PointsWork::default());
        };
        let text = serde_json::from_str::<WorkText>(text).ok()?;
        Some(text.points)
    }

    /// The text for a unit. `None` if there is nothing beside its query.
    pub(super) fn text(self) -> Result<Option<String>, JobError> {
        if self == PointsWork::default() {
            return Ok(None);
        }
        let text = serde_json::to_string(&WorkText { points: self });
        Ok(Some(
            text.map_err(|error| JobError::Part(error.to_string()))?,
        ))
    }

    /// The pass, with this work to do.
    pub(super) fn applied(self, mut pass: Pass) -> Result<Pass, JobError> {
        if let Some(limit) = self.limit {
            pass = pass.with_part_of(limit, self.take);
        }
        let Some(path) = self.terrain else {
            return Ok(pass);
        };
        let heights = HeightAboveGround {
            ground: Terrain::Raster(path),
            max_edge: None,
        };
        Ok(pass.with_heights(heights)?)
    }
}

/// A path that means the same in every folder.
fn absolute(path: &Path) -> Result<PathBuf, JobError> {
    std::path::absolute(path).map_err(|source| JobError::File {
        output: path.display().to_string(),
        source,
    })
}
