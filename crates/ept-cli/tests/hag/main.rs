//! `ept query --hag`: heights above the ground.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod heights;
mod losses;
mod outputs;
mod refusals;
mod selections;

use crate::support;

use std::collections::HashMap;
use std::path::Path;

use support::ept;

const NAME: &str = "HeightAboveGround";

/// A table of numbers with the names of its columns.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Table {
    fn of(csv: &str) -> Table {
        let (head, lines) = csv.split_once('\n').unwrap();
        let numbers = |line: &str| line.split(',').map(|text| text.parse().unwrap()).collect();
        Table {
            names: head.split(',').map(str::to_owned).collect(),
            rows: lines.lines().map(numbers).collect(),
        }
    }

    fn column(&self, name: &str) -> Vec<f64> {
        let at = self.names.iter().position(|n| n == name).unwrap();
        self.rows.iter().map(|row| row[at]).collect()
    }

    /// The heights above the ground by the bits of X, Y and Z.
    fn by_place(&self) -> HashMap<[u64; 3], f64> {
        let axes = ["X", "Y", "Z", NAME].map(|name| self.column(name));
        let rows = (0..self.rows.len()).map(|row| {
            let place = [0, 1, 2].map(|axis: usize| axes[axis][row].to_bits());
            (place, axes[3][row])
        });
        rows.collect()
    }
}

fn query(dataset: &str, more: &[&str]) -> Table {
    let run = ept(&[&["query", "-q", dataset][..], more].concat()).ends_with(0);
    Table::of(&run.stdout())
}

/// A point: X, Y and Z in quarters of a unit, and its class.
type Point = ([i32; 3], u8);

/// A file of LAS 1.2 with points of format 0.
fn las(path: &Path, points: &[Point]) {
    let mut bytes = b"LASF".to_vec();
    bytes.resize(24, 0);
    bytes.extend([1, 2]);
    bytes.resize(94, 0);
    bytes.extend(227_u16.to_le_bytes());
    bytes.extend(227_u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.push(0);
    bytes.extend(20_u16.to_le_bytes());
    bytes.extend((points.len() as u32).to_le_bytes());
    bytes.resize(131, 0);
    for number in [0.25, 0.25, 0.25, 0.0, 0.0, 0.0] {
        bytes.extend(f64::to_le_bytes(number));
    }
    for axis in 0..3 {
        let values = points.iter().map(|(place, _)| place[axis]);
        let ends = [values.clone().max(), values.min()];
        for end in ends {
            bytes.extend((f64::from(end.unwrap()) / 4.0).to_le_bytes());
        }
    }
    for (place, class) in points {
        place.iter().for_each(|c| bytes.extend(c.to_le_bytes()));
        bytes.extend([0, 0, 0b1001, *class, 0, 0, 0, 0]);
    }
    std::fs::write(path, bytes).unwrap();
}
