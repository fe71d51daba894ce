//! Statistics of many areas in one pass.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use ept_points::{Column, PointBatch, Values};
use ept_reader::{Node, Parts};
use serde_json::{Map, Value, json};

use crate::percentiles::percentiles;
use crate::points::columns;
use crate::spool::{Record, Spool};
use crate::statistics::Figures;
use crate::{JobError, Losses, Pass, Progress, Remark, Statistics, sorted_json};

/// Statistics of the points in one area.
#[derive(Debug, Clone)]
pub struct AreaStatistics {
    name: String,
    statistics: Statistics,
    percentiles: Vec<f64>,
    losses: Losses,
}

/// Statistics of a node's points in one area.
struct AreaTile {
    area: usize,
    figures: Figures,
    /// Heights other than NaN, if there are any.
    heights: Option<Record>,
}

/// Computes statistics for each area of [`Query::with_any_of`](ept_reader::Query::with_any_of) in one pass. `names` are
/// the names of the areas.
///
/// # Errors
/// If the dataset can't be read, or a scratch file can't be written to the folder for temporary files.
pub async fn area_statistics(
    pass: &mut Pass,
    names: &[String],
    progress: impl FnMut(&Progress),
) -> Result<Vec<AreaStatistics>, JobError> {
    let selection = pass.selection().clone();
    let expected = columns(&selection);
    let areas = names.iter().map(|name| AreaStatistics {
        name: name.clone(),
        statistics: Statistics::of_nothing(expected.clone()),
        percentiles: Vec::new(),
        losses: Losses::default(),
    });
    let mut areas: Vec<AreaStatistics> = areas.collect();
    let spool = Arc::new(Spool::new(&std::env::temp_dir()));
    let mut records: Vec<Vec<Record>> = vec![Vec::new(); areas.len()];
    let scratch = Arc::clone(&spool);
    let make = move |node: &Node, parts: Parts<'_>| {
        let mut made = Vec::new();
        for part in parts {
            let (area, points) = part?;
            match AreaTile::of(area, node, &points, &scratch) {
                Ok(part) => made.push(part),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(made))
    };
    let take = |_: Node, parts: io::Result<Vec<AreaTile>>| {
        for part in parts.map_err(JobError::Scratch)? {
            let area = &mut areas[part.area];
            area.statistics.merge(part.figures);
            records[part.area].extend(part.heights);
        }
        Ok::<_, JobError>(ControlFlow::Continue(()))
    };
    pass.read_each(&selection, make, take, progress).await?;
    pass.remarks.extend(Remark::of_absent(&selection));
    let losses = pass.losses().by_area(&selection);
    for (area, losses) in areas.iter_mut().zip(losses) {
        area.losses = losses;
    }
    for (area, records) in areas.iter_mut().zip(&records) {
        area.percentiles = heights(&spool, records).map_err(JobError::Scratch)?;
    }
    Ok(areas)
}

/// Percentiles of the heights in an area.
fn heights(spool: &Spool, records: &[Record]) -> io::Result<Vec<f64>> {
    let count = records.iter().map(|record| record.len() as u64).sum();
    percentiles(&AreaStatistics::LEVELS, count, |take| {
        for record in records {
            let batch = spool.read(record)?;
            batch.z().unwrap_or_default().iter().for_each(|z| take(*z));
        }
        Ok(())
    })
}

impl AreaTile {
    fn of(area: usize, node: &Node, points: &PointBatch, spool: &Spool) -> io::Result<AreaTile> {
        let heights: Vec<f64> = points
            .z()
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|z| !z.is_nan())
            .collect();
        let heights = (!heights.is_empty()).then(|| Column::new("Z", Values::F64(heights)));
        let heights = heights.and_then(|column| PointBatch::new(vec![column]).ok());
        let heights = heights.map(|heights| spool.store(node.name, &heights));
        Ok(AreaTile {
            area,
            figures: Figures::of(points),
            heights: heights.transpose()?,
        })
    }
}

impl AreaStatistics {
    /// Levels of the percentiles.
    pub const LEVELS: [f64; 9] = [1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0];

    /// The name of the area.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Statistics of the dimensions.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Percentiles of Z at [`AreaStatistics::LEVELS`], interpolated linearly between points. Empty if there are no
    /// points, or Z was not requested.
    #[must_use]
    pub fn percentiles(&self) -> &[f64] {
        &self.percentiles
    }

    /// What could not be read of the nodes that the area intersects.
    #[must_use]
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    /// The statistics as a JSON object: that of [`Statistics::to_json`], with the name, the percentiles by level, and the number
    /// of parts that could not be read.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = self.statistics.to_json();
        let levels = AreaStatistics::LEVELS.iter().map(ToString::to_string);
        let percentiles: Map<_, _> = levels
            .zip(self.percentiles.iter().map(|height| json!(height)))
            .collect();
        json["name"] = self.name.clone().into();
        json["lost"] = self.losses.len().into();
        json["percentiles"] = json!({ "Z": percentiles });
        sorted_json(json)
    }
}
