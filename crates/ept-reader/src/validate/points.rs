//! Checks every point: that it is in its cell, of a known source, and within the ranges that `ept.json` claims.

use std::collections::HashMap;
use std::sync::Arc;

use ept_format::{Dimension, Metadata, Node, SourceFile};
use ept_points::{DimensionSummary, PointBatch, Scalar, Scaling, Summary, Values};
use futures::{Stream, StreamExt};

use super::findings::Findings;
use super::outside::Outside;
use super::tiles::tile_place;
use super::traits::Traits;
use super::{Checked, Code, Place, tiles};
use crate::Ept;
use crate::{Dataset, Error, Query, Tile};

/// Results for the points of a tile.
struct TileFacts {
    node: Node,
    scaling: Option<Scaling>,
    point_format: Option<u8>,
    names: Vec<Arc<str>>,
    outside: Outside,
    conforming: Outside,
    origins: HashMap<u64, u64>,
    summary: Summary,
}

/// Decodes all tiles.
pub(super) async fn check(
    ept: &Arc<Ept>,
    nodes: impl Stream<Item = Node> + Send + Unpin + 'static,
    sources: Option<&[SourceFile]>,
    findings: &mut Findings,
    checked: &mut Checked,
    mut watch: impl FnMut(u64, u64),
) -> Result<(), Error> {
    let metadata = ept.metadata().clone();
    let make = move |tile: Tile| TileFacts::of(tile, &metadata);
    let everything = Dataset::from(Ept::clone(ept)).select(&Query::new())?;
    let mut parts = everything.map_nodes(nodes.map(Ok), make);
    let mut whole = Whole {
        ept,
        traits: Traits::new(ept),
        sources,
        origins: vec![0; sources.map_or(0, <[SourceFile]>::len)],
        summary: Summary::default(),
        is_whole: true,
    };
    while let Some(part) = parts.next().await {
        checked.tiles += 1;
        match part {
            Ok(part) => {
                checked.headers += 1;
                checked.decoded += 1;
                whole.add(part, findings);
            }
            Err(error) => whole.lost(&error, findings)?,
        }
        watch(checked.tiles, checked.nodes);
    }
    whole.finish(findings);
    Ok(())
}

impl TileFacts {
    fn of(tile: Tile, metadata: &Metadata) -> TileFacts {
        let Tile { node, points } = tile;
        let mut slack = metadata.cell_slack();
        let steps = points.scaling().map_or([0.0; 3], |scaling| scaling.scale);
        for (slack, step) in slack.iter_mut().zip(steps) {
            *slack = slack.max(step.abs());
        }
        let conforming = metadata.bounds_conforming();
        let conforming = conforming.map(|conforming| conforming.grown(slack));
        TileFacts {
            outside: Outside::of(&points, &node.cell.grown(slack)),
            conforming: conforming.map_or_else(Outside::default, |c| Outside::of(&points, &c)),
            origins: origins(&points),
            summary: Summary::of(&points),
            scaling: points.scaling().copied(),
            point_format: points.point_format(),
            names: points.columns().iter().map(|c| c.name.clone()).collect(),
            node,
        }
    }
}

/// Number of points by `OriginId`.
fn origins(points: &PointBatch) -> HashMap<u64, u64> {
    fn count<T: Copy + TryInto<u64>>(values: &[T]) -> HashMap<u64, u64> {
        let mut counts = HashMap::new();
        for value in values {
            // A negative one is beyond any list.
            *counts
                .entry((*value).try_into().unwrap_or(u64::MAX))
                .or_default() += 1;
        }
        counts
    }
    match points.values("OriginId") {
        Some(Values::U8(v)) => count(v),
        Some(Values::U16(v)) => count(v),
        Some(Values::U32(v)) => count(v),
        Some(Values::U64(v)) => count(v),
        Some(Values::I8(v)) => count(v),
        Some(Values::I16(v)) => count(v),
        Some(Values::I32(v)) => count(v),
        Some(Values::I64(v)) => count(v),
        _ => HashMap::new(),
    }
}

/// Results of the tiles so far.
struct Whole<'a> {
    ept: &'a Arc<Ept>,
    traits: Traits<'a>,
    sources: Option<&'a [SourceFile]>,
    /// Number of points of each source.
    origins: Vec<u64>,
    summary: Summary,
    /// Whether no tile was lost.
    is_whole: bool,
}

impl Whole<'_> {
    fn add(&mut self, part: TileFacts, findings: &mut Findings) {
        let place = tile_place(self.ept, &part.node);
        // Coordinates stored as 64-bit integers or floats have no scale to compare.
        let names = part.names.iter().map(|name| &**name);
        let scaling = part.scaling.as_ref();
        self.traits
            .add(&part.node, scaling, part.point_format, names, findings);
        for (code, outside) in [
            (Code::PointOutside, &part.outside),
            (Code::ConformingPoints, &part.conforming),
        ] {
            if let Some(problem) = outside.problem() {
                findings.add(code, place.clone(), problem);
            }
        }
        self.origins(&part, &place, findings);
        self.summary.merge(part.summary);
    }

    fn origins(&mut self, part: &TileFacts, place: &Place, findings: &mut Findings) {
        let (mut beyond, mut greatest) = (0, 0);
        for (id, points) in &part.origins {
            let known = usize::try_from(*id)
                .ok()
                .and_then(|id| self.origins.get_mut(id));
            match known {
                Some(count) => *count += points,
                None => (beyond, greatest) = (beyond + points, greatest.max(*id)),
            }
        }
        if let Some(sources) = self.sources
            && beyond > 0
        {
            let problem = format!(
                "{beyond} points have an `OriginId` up to {greatest}, but there are {} sources",
                sources.len()
            );
            findings.add(Code::OriginBeyond, place.clone(), problem);
        }
    }

    /// Records a lost tile. Returns the error if it is of another kind.
    fn lost(&mut self, error: &Error, findings: &mut Findings) -> Result<(), Error> {
        self.is_whole = false;
        let Some(lost) = error.loss() else {
            return Err(error.clone());
        };
        let (code, problem) = tiles::loss(&lost.cause);
        let place = Place::file(lost.location.as_str()).with_node(lost.node);
        findings.add(code, place, problem);
        Ok(())
    }

    fn finish(self, findings: &mut Findings) {
        let ept = self.ept;
        self.traits.finish(findings);
        let has_origins = self.origins.iter().any(|points| *points > 0);
        if self.is_whole && has_origins {
            source_counts(
                ept,
                self.sources.unwrap_or_default(),
                &self.origins,
                findings,
            );
        }
        for (at, dimension) in ept.metadata().schema().iter().enumerate() {
            let mut summaries = self.summary.dimensions();
            let summary = summaries.find(|(name, _)| *name == dimension.name);
            if let Some(problem) = summary.and_then(|(_, s)| out_of_range(dimension, s)) {
                let place = Place::file(ept.location("ept.json"));
                let place = place.with_field(format!("schema[{at}] {}", dimension.name));
                findings.add(Code::StatisticsRange, place, problem);
            }
        }
    }
}

fn source_counts(ept: &Ept, sources: &[SourceFile], counts: &[u64], findings: &mut Findings) {
    let folder = Place::file(ept.location("ept-sources"));
    for (at, (source, found)) in sources.iter().zip(counts).enumerate() {
        if let Some(points) = source.points
            && points != *found
        {
            let place = folder.clone().with_field(format!("[{at}].points"));
            let problem = format!("{found} points have its `OriginId`, but the list says {points}");
            findings.add(Code::OriginCounts, place, problem);
        }
    }
}

/// Describes values outside the range in the schema's statistics. `None` if there are none.
fn out_of_range(dimension: &Dimension, summary: &DimensionSummary) -> Option<String> {
    let statistics = dimension.statistics.as_ref()?;
    let number = |scalar: Scalar| match scalar {
        Scalar::Integer(value) => value as f64,
        Scalar::Float(value) => value,
    };
    // Statistics are written with about ten digits, and computed before coordinates were rounded to the scale.
    let slack = |value: f64| {
        let quantum = if dimension.scale == 1.0 {
            0.0
        } else {
            dimension.scale.abs()
        };
        quantum + value.abs() * 1e-6
    };
    let (min, max) = (number(summary.min()?), number(summary.max()?));
    if let Some(least) = statistics.minimum
        && min < least - slack(least)
    {
        return Some(format!("values from {min}, but the statistics say {least}"));
    }
    let greatest = statistics.maximum?;
    (max > greatest + slack(greatest))
        .then(|| format!("values up to {max}, but the statistics say {greatest}"))
}
