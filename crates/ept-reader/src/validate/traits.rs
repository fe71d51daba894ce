//! Properties that tiles should share: scale, offset, dimensions, point format.

use std::collections::BTreeMap;
use std::sync::Arc;

use ept_format::{Dimension, Node, is_same_dimension};
use ept_points::Scaling;

use super::findings::Findings;
use super::tiles::tile_place;
use super::{Code, Place};
use crate::Ept;

/// Dimensions of tiles that the schema may lack without a warning: flags that Entwine leaves out.
const FLAGS: [&str; 5] = [
    "Synthetic",
    "KeyPoint",
    "Withheld",
    "Overlap",
    "ScanChannel",
];
/// Maximum number of names of dimensions kept. No honest dataset has as many.
const MOST_NAMES: usize = 1000;

pub(super) struct Traits<'a> {
    ept: &'a Arc<Ept>,
    tiles: u64,
    /// Number of tiles of each point format, with the first of them.
    formats: BTreeMap<u8, (u64, Node)>,
    /// Number of tiles that lack each dimension of the schema, in its order.
    lacking: Vec<u64>,
    /// Number of tiles with each dimension that the schema lacks.
    extra: BTreeMap<String, u64>,
}

impl<'a> Traits<'a> {
    pub(super) fn new(ept: &'a Arc<Ept>) -> Traits<'a> {
        Traits {
            ept,
            tiles: 0,
            formats: BTreeMap::new(),
            lacking: vec![0; ept.metadata().schema().len()],
            extra: BTreeMap::new(),
        }
    }

    pub(super) fn add<'n>(
        &mut self,
        node: &Node,
        scaling: Option<&Scaling>,
        point_format: Option<u8>,
        names: impl Iterator<Item = &'n str>,
        findings: &mut Findings,
    ) {
        self.tiles += 1;
        if let Some(scaling) = scaling {
            self.scaling(node, scaling, findings);
        }
        if let Some(format) = point_format {
            self.formats.entry(format).or_insert((0, *node)).0 += 1;
        }
        let schema = self.ept.metadata().schema();
        let names: Vec<&str> = names.collect();
        for (dimension, lacking) in schema.iter().zip(&mut self.lacking) {
            let has = names
                .iter()
                .any(|name| is_same_dimension(name, &dimension.name));
            *lacking += u64::from(!has);
        }
        for name in names {
            let is_known = schema
                .iter()
                .any(|dimension| is_same_dimension(name, &dimension.name));
            if !is_known && !FLAGS.contains(&name) && self.extra.len() < MOST_NAMES {
                *self.extra.entry(name.to_owned()).or_default() += 1;
            }
        }
    }

    fn scaling(&mut self, node: &Node, scaling: &Scaling, findings: &mut Findings) {
        for (axis, name) in ["X", "Y", "Z"].into_iter().enumerate() {
            let Some(dimension) = self.ept.metadata().dimension(name) else {
                continue;
            };
            let (scale, offset) = (scaling.scale[axis], scaling.offset[axis]);
            if !is_scaled(dimension, scale, offset) {
                let problem = format!(
                    "{name} has scale {scale} and offset {offset}, but {} and {} in the schema",
                    dimension.scale, dimension.offset
                );
                findings.add(Code::TileScaling, tile_place(self.ept, node), problem);
                return;
            }
        }
    }

    pub(super) fn finish(self, findings: &mut Findings) {
        let folder = Place::file(self.ept.location("ept-data"));
        let schema = self.ept.metadata().schema();
        let of = |tiles: u64| format!("{tiles} of {} tiles", self.tiles);
        for (dimension, tiles) in schema.iter().zip(self.lacking) {
            if tiles > 0 {
                let problem = format!("{} lack {}", of(tiles), dimension.name);
                findings.add(Code::DimensionLacking, folder.clone(), problem);
            }
        }
        for (name, tiles) in self.extra {
            let problem = format!("{} have {name}", of(tiles));
            findings.add(Code::DimensionExtra, folder.clone(), problem);
        }
        if self.formats.len() > 1 {
            for (format, (tiles, node)) in &self.formats {
                let problem = format!("{} have point format {format}", of(*tiles));
                findings.add(Code::PointFormats, tile_place(self.ept, node), problem);
            }
        }
    }
}

/// Whether a tile stores an axis according to the schema. A schema of floats does not say.
fn is_scaled(dimension: &Dimension, scale: f64, offset: f64) -> bool {
    !dimension.scalar.is_integer() || dimension.scale == scale && dimension.offset == offset
}
