//! Tiles as bytes.

use anyhow::Result;

use super::dataset::{Dataset, Encoding, Node};

impl Encoding {
    /// `dataType` in `ept.json`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Encoding::Laszip(_) => "laszip",
            Encoding::Binary => "binary",
            Encoding::Zstandard => "zstandard",
        }
    }

    /// Extension of a tile's file name.
    pub(super) fn extension(&self) -> &'static str {
        match self {
            Encoding::Laszip(_) => "laz",
            Encoding::Binary => "bin",
            Encoding::Zstandard => "zst",
        }
    }
}

impl Dataset {
    pub(super) fn tile(&self, node: &Node) -> Result<Vec<u8>> {
        match &self.encoding {
            Encoding::Laszip(las) => las.encode(node),
            Encoding::Binary => Ok(self.packed(node)),
            Encoding::Zstandard => Ok(zstd::bulk::compress(&self.packed(node), 9)?),
        }
    }

    /// Stored values, point by point, each with all its dimensions.
    fn packed(&self, node: &Node) -> Vec<u8> {
        let points = node.points.iter();
        points
            .flat_map(|point| {
                let dimensions = self.dimensions.iter();
                dimensions.flat_map(|dimension| dimension.stored(point, &node.scaling).bytes())
            })
            .collect()
    }
}
