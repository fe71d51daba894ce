//! The input of the targets that decode tiles.

use ept_format::Metadata;

/// Most points of a compressed tile: few bytes can honestly be any number of points, in time and memory.
pub const MOST_POINTS: u64 = 1 << 13;

/// Choices of the fuzzer, and a tile.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    schema: u8,
    /// Dimensions of the second decode: a bit for each column, over and over.
    pub dimensions: u8,
    /// Places of the two points that span the box of the third decode.
    pub corners: [u8; 2],
    points: u32,
    /// The tile.
    pub tile: &'a [u8],
}

impl Input<'_> {
    /// Takes an input apart: eight bytes of choices, then the tile.
    #[must_use]
    pub fn parse(data: &[u8]) -> Option<Input<'_>> {
        let ([schema, dimensions, a, b, points @ ..], tile) = data.split_first_chunk::<8>()?;
        Some(Input {
            schema: *schema,
            dimensions: *dimensions,
            corners: [*a, *b],
            points: u32::from_le_bytes(*points),
            tile,
        })
    }

    /// The dataset of which the tile is read, one of these.
    #[must_use]
    pub fn dataset<'a>(&self, datasets: &'a [Metadata]) -> &'a Metadata {
        &datasets[usize::from(self.schema) % datasets.len()]
    }

    /// The points that a hierarchy claims.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.points.into()
    }
}
