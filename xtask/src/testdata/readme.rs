//! `testdata/README.md`.

use super::dataset::Dataset;
use super::fixture::{Fixture, Written};

const INTRODUCTION: &str = "\
# Test data

Small EPT datasets with known contents. `cargo xtask gen-testdata` writes everything in this folder, including this file;
running it again changes nothing. The generator, `xtask/src/testdata`, shares no code with the readers that are tested
against it, and its LAZ tiles are written by the `las` crate.

| dataset | tiles | points | depths | files | KB | purpose |
|---|---|--:|---|--:|--:|---|
";

const TRUTH: &str = "
## truth.json

Each dataset has a `truth.json`, which the generator computes from the points themselves:

- `points`: the number of points.
- `nodes`: the number of points of each node that has any.
- `dimensions`: what a reader must return, by EPT name, for all dimensions of the tiles.
  - `type`: the type of the values. Coordinates and all scaled dimensions are `float64`, flags are `uint8`,
    `ScanAngleRank` is `float32`, in degrees; `bytes5` is five meaningless bytes.
  - `min`, `max`, `sum`: decimal strings for integers; numbers for floats, summed as doubles in order; null for
    bytes.
  - `order_sha256`: SHA-256 of the little-endian values, nodes in ascending order of depth, x, y, z, points in the
    order of the tile.
- `queries`: the number of points in a box (closed on all sides; six numbers, or four for any z) in nodes down to a
  depth (inclusive).

Coordinates are `stored * scale + offset`, rounded twice; for laszip, with the tile's own scale and offset.
`Classification` of point formats 0 to 5 is the low five bits.
";

/// The text of the file, for fixtures in order.
pub(super) fn readme(rows: &[(Fixture, Dataset, Written)]) -> String {
    let mut text = INTRODUCTION.to_owned();
    for (fixture, dataset, written) in rows {
        text += &row(fixture, dataset, written);
    }
    text + TRUTH
}

fn row(fixture: &Fixture, dataset: &Dataset, written: &Written) -> String {
    let first = dataset.nodes.keys().next().map_or(0, |key| key.depth);
    format!(
        "| `{}` | {} {} | {} | {first}–{} | {} | {} | {} |\n",
        fixture.name,
        dataset.tiles().count(),
        dataset.encoding.name(),
        dataset.count(),
        dataset.depth(),
        written.files,
        written.bytes.div_ceil(1000),
        fixture.about,
    )
}
