//! `testdata/README.md`.

use super::dataset::Dataset;
use super::fixture::{Fixture, Written};

const INTRODUCTION: &str = "\
# Test data

Small EPT datasets with known contents. `cargo xtask gen-testdata` writes all of this folder, this file too; running it
again changes nothing. The generator is `xtask/src/testdata`: it shares no code with the readers that
are tested against it, and its LAZ tiles are written by the `las` crate.

| dataset | tiles | points | depths | files | KB | what it is there for |
|---|---|--:|---|--:|--:|---|
";

const TRUTH: &str = "
## truth.json

Each dataset has its `truth.json`, which the generator counts from the points that it made:

- `points`: the number of points.
- `nodes`: the points of each node that has any.
- `dimensions`: what a reader must return, by EPT name, for all that the tiles hold.
  - `type`: the type of the values. Coordinates and all that has a scale are `float64`, flags are `uint8`,
    `ScanAngleRank` is `float32`, in degrees; `bytes5` are five bytes without a meaning.
  - `min`, `max`, `sum`: of integers as decimal texts; of floats as numbers, added up as doubles in order; null for
    bytes.
  - `order_sha256`: SHA-256 of the little-endian values, nodes in ascending order of depth, x, y, z, points in the
    order of the tile.
- `queries`: the number of points in a box (closed on all sides; six numbers, or four for any z) in nodes down to a
  depth (inclusive).

Coordinates are `stored * scale + offset`, rounded twice; of laszip the tile's own scale and offset count.
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
