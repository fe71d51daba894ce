//! A piece of terrain: hills, a river, trees and a village.

use super::noise::{Noise, mix, smooth};
use super::random::Random;

/// ASPRS classes (LAS 1.4 R15, table 9).
pub(super) mod class {
    pub(crate) const GROUND: u8 = 2;
    pub(crate) const HIGH_VEGETATION: u8 = 5;
    pub(crate) const BUILDING: u8 = 6;
    pub(crate) const WATER: u8 = 9;
    pub(crate) const OVERLAP: u8 = 12;
}

const RIVER_HALF_WIDTH: f64 = 8.0;
const VALLEY_WIDTH: f64 = 70.0;
const WATER_LEVEL: f64 = 291.0;

/// A square of terrain. Coordinates are in metres from its south-west corner, heights in metres above sea level.
#[derive(Debug)]
pub(super) struct Terrain {
    size: f64,
    hills: Noise,
    knolls: Noise,
    bends: Noise,
    trees: Vec<Tree>,
    buildings: Vec<Building>,
}

/// Something that a pulse hits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Surface {
    pub(super) height: f64,
    pub(super) class: u8,
}

#[derive(Debug)]
struct Tree {
    at: [f64; 2],
    radius: f64,
    height: f64,
}

#[derive(Debug)]
struct Building {
    min: [f64; 2],
    max: [f64; 2],
    /// Height of the eaves above sea level.
    eaves: f64,
}

impl Terrain {
    pub(super) fn new(size: f64, seed: u64) -> Terrain {
        let noise = |salt: u64, pitch: f64| Noise {
            seed: seed ^ salt,
            pitch,
        };
        let mut terrain = Terrain {
            size,
            hills: noise(1, 150.0),
            knolls: noise(2, 35.0),
            bends: noise(3, size / 4.0),
            trees: Vec::new(),
            buildings: Vec::new(),
        };
        let mut random = Random::new(seed);
        terrain.build_village(&mut random);
        terrain.plant_trees(&mut random);
        terrain
    }

    /// Corners of the village, where the survey is dense.
    pub(super) fn village(&self) -> ([f64; 2], [f64; 2]) {
        let place = |x: f64, y: f64| [self.size * x, self.size * y];
        (place(0.55, 0.6), place(0.85, 0.85))
    }

    /// What a pulse at this place hits, from top to bottom.
    pub(super) fn surfaces(&self, x: f64, y: f64) -> Vec<Surface> {
        if let Some(roof) = self.buildings.iter().find_map(|b| b.roof(x, y)) {
            return vec![roof];
        }
        let floor = self.floor(x, y);
        let crown = self.trees.iter().find_map(|tree| tree.crown(x, y));
        match crown {
            Some((top, base)) if floor.class == class::GROUND => {
                let leaves = |share: f64| Surface {
                    height: floor.height + mix(top, base, share),
                    class: class::HIGH_VEGETATION,
                };
                vec![leaves(0.0), leaves(0.35), leaves(0.8), floor]
            }
            _ => vec![floor],
        }
    }

    /// The ground or the water.
    fn floor(&self, x: f64, y: f64) -> Surface {
        let level = WATER_LEVEL - 0.004 * x;
        let from_bank = self.river_distance(x, y) - RIVER_HALF_WIDTH;
        if from_bank < 0.0 {
            return Surface {
                height: level,
                class: class::WATER,
            };
        }
        let hills = 284.0 + 40.0 * self.hills.at(x, y) + 4.0 * self.knolls.at(x, y);
        let bank = level + 0.6;
        Surface {
            height: mix(bank, hills.max(bank), smooth(from_bank / VALLEY_WIDTH)),
            class: class::GROUND,
        }
    }

    /// Distance from the centre line of the river, which flows from west to east.
    fn river_distance(&self, x: f64, y: f64) -> f64 {
        let middle = self.size * mix(0.2, 0.5, self.bends.at(x, 0.0));
        (y - middle).abs()
    }

    fn build_village(&mut self, random: &mut Random) {
        let (min, max) = self.village();
        let mut west = min[0];
        while west < max[0] - 15.0 {
            let mut south = min[1];
            while south < max[1] {
                let extent = [random.range(9.0, 15.0), random.range(8.0, 12.0)];
                let floor = self.floor(west, south).height;
                self.buildings.push(Building {
                    min: [west, south],
                    max: [west + extent[0], south + extent[1]],
                    eaves: floor + random.range(3.0, 7.0),
                });
                south += 26.0;
            }
            west += 30.0;
        }
    }

    fn plant_trees(&mut self, random: &mut Random) {
        let count = (self.size * self.size / 70.0) as u32;
        for _ in 0..count {
            let at = [random.range(0.0, self.size), random.range(0.0, self.size)];
            let tree = Tree {
                at,
                radius: random.range(2.0, 5.5),
                height: random.range(6.0, 18.0),
            };
            // Trees grow in groves.
            if self.knolls.at(at[0], at[1]) > 0.62 {
                self.trees.push(tree);
            }
        }
    }
}

impl Tree {
    /// Height of the top and base of the crown above the ground.
    fn crown(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (dx, dy) = (x - self.at[0], y - self.at[1]);
        let share = (dx * dx + dy * dy) / (self.radius * self.radius);
        (share < 1.0).then_some((self.height * (1.0 - 0.4 * share), self.height * 0.3))
    }
}

impl Building {
    /// The gable roof at this place, with its ridge from west to east.
    fn roof(&self, x: f64, y: f64) -> Option<Surface> {
        let inside = (self.min[0]..self.max[0]).contains(&x);
        let inside = inside && (self.min[1]..self.max[1]).contains(&y);
        inside.then(|| Surface {
            height: self.eaves + 0.6 * (y - self.min[1]).min(self.max[1] - y),
            class: class::BUILDING,
        })
    }
}
