//! Divides a selection into work units.

use std::collections::BTreeMap;
use std::ops::Range;

use ept_format::{Bounds, Node};
use ept_las::Chunk;
use ept_select::{Area, Core, Cut, CutKind, PlaneBox, SelectError, Spacing};
use ept_select::{node_runs, plane_boxes};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};

use super::source_text::UnitSource;
use super::{Unit, UnitNode, UnitPart};
use crate::hex::hex;
use crate::{Error, Loss, Selection};

/// A side of a unit's area is at least this many times as long as its halo is wide.
const LEAST_SIDE: f64 = 4.0;

impl Selection {
    /// Divides the selection into work units: disjoint, together the selection, whatever their number. Units by nodes,
    /// read one after the other, give the points in the order of this selection.
    ///
    /// Points in the halo of a unit by area are flagged by [`Unit::HALO`]; without a halo there are none. A selection
    /// without nodes is one unit. If the query thins, units are always by area: see [`Selection::parts`].
    ///
    /// # Errors
    /// If the nodes can't all be found, or a source has an addon or a URL with secrets.
    pub async fn units(&self, cut: &Cut) -> Result<Vec<Unit>, Error> {
        let nodes: Vec<Node> = self.nodes().try_collect().await?;
        self.units_of(self.parts(&nodes, cut)?, &[]).await
    }

    /// Divides nodes of the selection, all but those that are lost, as [`Selection::units`] does.
    ///
    /// A query that thins is divided by area, whatever the cut: the point that is kept of a cell of its grid depends on all
    /// points there, so a cell belongs as a whole to the part that has its centre.
    ///
    /// # Errors
    /// If the width of the halo can't be brought to the coordinates of the dataset.
    pub fn parts(&self, nodes: &[Node], cut: &Cut) -> Result<Vec<UnitPart>, Error> {
        match cut.kind {
            CutKind::Nodes if self.query().thin().is_none() => {
                let runs = node_runs(nodes, cut.units).into_iter();
                let part = |run: Range<usize>| UnitPart {
                    query: self.query().clone(),
                    nodes: nodes[run].to_vec(),
                    work: None,
                };
                Ok(runs.map(part).collect())
            }
            CutKind::Nodes => self.by_area(nodes, cut, None),
            CutKind::Area { halo } => self.by_area(nodes, cut, halo),
        }
    }

    /// The units of these parts of the selection. If there is none, there is one unit without nodes. What could not be
    /// read to make them, `lost`, is a loss of the first unit.
    ///
    /// # Errors
    /// If what is known of a source can't be found out, or a source has an addon or a URL with secrets.
    pub async fn units_of(
        &self,
        mut parts: Vec<UnitPart>,
        lost: &[Loss],
    ) -> Result<Vec<Unit>, Error> {
        if parts.is_empty() {
            parts.push(UnitPart {
                query: self.query().clone(),
                nodes: Vec::new(),
                work: None,
            });
        }
        let of = u32::try_from(parts.len());
        let of = of.map_err(|_| Error::Unit("too many work units".into()))?;
        let mut units = Vec::with_capacity(parts.len());
        for (index, part) in (0..of).zip(parts) {
            let unit = self.unit(part).await?;
            units.push(Unit { index, of, ..unit });
        }
        if let Some(first) = units.first_mut() {
            first.lost = lost.iter().map(Loss::retold).collect();
        }
        let job = job(&units);
        for unit in &mut units {
            unit.job.clone_from(&job);
        }
        Ok(units)
    }

    /// The query and nodes of each part of the plane.
    fn by_area(
        &self,
        nodes: &[Node],
        cut: &Cut,
        halo: Option<Spacing>,
    ) -> Result<Vec<UnitPart>, Error> {
        let width = halo.map_or(Ok(0.0), |halo| self.width_of(halo))?;
        // Points are in the part that has the centre of their cell of the grid.
        let [x, y, _] = self.bound().grid().map_or([0.0; 3], |grid| grid.size());
        let least = (width + f64::max(x, y)) * LEAST_SIDE;
        let bounds = &self.frame().bounds;
        let cells: Vec<(Bounds, u64)> = nodes
            .iter()
            .map(|node| (self.cell_at_home(node), node.points))
            .collect();
        let boxes = plane_boxes(&cells, bounds, cut.units, least);
        let mut parts = Vec::with_capacity(boxes.len());
        for sides in boxes {
            let core = Core::new(area(sides, [0.0; 2])?);
            let core = match halo {
                Some(_) => core.with_halo(area(sides, [width + x, width + y])?, Unit::HALO),
                None => core,
            };
            let query = self.query().clone().with_core(core);
            let reach = self.with_query(&query)?;
            let mut own = Vec::new();
            for node in nodes {
                if reach.reaches(node)? {
                    own.push(*node);
                }
            }
            if !own.is_empty() {
                parts.push(UnitPart {
                    query,
                    nodes: own,
                    work: None,
                });
            }
        }
        Ok(parts)
    }

    /// A width in units of the dataset's coordinate system, or a little more.
    fn width_of(&self, width: Spacing) -> Result<f64, SelectError> {
        Ok(match width {
            Spacing::Units(units) => units,
            Spacing::Ground(length) => {
                let [x, y] = self.bound().metres_per_unit()?;
                // The scale is that of one place.
                length.metres() / f64::min(x, y) * 1.01
            }
        })
    }

    /// A unit without its number.
    async fn unit(&self, part: UnitPart) -> Result<Unit, Error> {
        let UnitPart { query, nodes, work } = part;
        let dataset = self.dataset();
        let count = dataset.members().all().len();
        let mut by_source: BTreeMap<u32, Vec<Node>> = BTreeMap::new();
        if count == 1 {
            by_source.insert(0, Vec::new());
        }
        for node in &nodes {
            by_source.entry(node.source).or_default().push(*node);
        }
        let (mut sources, mut own) = (Vec::new(), Vec::with_capacity(nodes.len()));
        for (number, nodes) in by_source {
            let source = dataset.source_at(number)?;
            let (source, chunks) = UnitSource::of(number, &**source, &nodes).await?;
            sources.push(source);
            own.extend(nodes.iter().zip(chunks).map(unit_node));
        }
        let are_told = query.source_id().is_some() && count > 1;
        Ok(Unit {
            locations: if are_told {
                dataset.locations()
            } else {
                Vec::new()
            },
            job: String::new(),
            index: 0,
            of: 0,
            query,
            work,
            frame: (count > 1).then(|| self.frame().clone().without_statistics()),
            source_count: u32::try_from(count).unwrap_or(u32::MAX),
            sources,
            nodes: own,
            lost: Vec::new(),
        })
    }
}

fn unit_node((node, chunks): (&Node, Vec<Chunk>)) -> UnitNode {
    UnitNode {
        source: node.source,
        name: node.name,
        points: node.points,
        chunks,
    }
}

/// A box of the plane that is grown by some width along each axis.
fn area([x0, y0, x1, y1]: PlaneBox, [x, y]: [f64; 2]) -> Result<Area, SelectError> {
    let min = [x0 - x, y0 - y, f64::NEG_INFINITY];
    let max = [x1 + x, y1 + y, f64::INFINITY];
    Area::from_corners(min, max, None)
}

/// The name of a division: a hash of its units.
fn job(units: &[Unit]) -> String {
    let mut hash = Sha256::new();
    for unit in units {
        hash.update(unit.to_string());
    }
    hex(&hash.finalize()[..8])
}
