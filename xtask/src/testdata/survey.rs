//! An aerial survey of the terrain.

use super::cube::Cube;
use super::point::Point;
use super::random::Random;
use super::scaling::Scaling;
use super::terrain::{Surface, Terrain, class};

/// Number of flight lines, each of which is a source.
pub(super) const LINES: u32 = 3;

/// Adjusted standard GPS time at the start of the flight, in seconds.
const TAKE_OFF: f64 = 300_000_000.0;

/// An aerial survey along parallel lines from south to north.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) cube: Cube,
    pub(super) scaling: Scaling,
    /// Whether points have values that only formats 6 to 10 can store.
    pub(super) extended: bool,
    pub(super) seed: u64,
}

/// What all returns of a pulse share.
#[derive(Debug, Clone, Copy)]
struct Pulse {
    at: [f64; 2],
    line: u32,
    overlaps: bool,
    time: f64,
    /// In steps of 0.006 degrees.
    angle: i16,
}

impl Survey {
    /// This many points, in no particular order.
    pub(super) fn points(&self, count: usize) -> Vec<Point> {
        let terrain = Terrain::new(self.cube.size, self.seed);
        let mut random = Random::new(!self.seed);
        let mut points = Vec::new();
        while points.len() < count {
            let pulse = self.pulse(&terrain, &mut random);
            let mut surfaces = terrain.surfaces(pulse.at[0], pulse.at[1]);
            // Not every pulse passes through the leaves.
            let through = 1 + random.below(surfaces.len() as u32) as usize;
            surfaces.truncate(through);
            // Unrecorded returns: numbers above 7 require the 4 bits of formats 6 to 10.
            let unrecorded = if self.extended && random.once_in(30) {
                8
            } else {
                0
            };
            for (index, surface) in surfaces.iter().enumerate() {
                let returns = (
                    unrecorded + index as u8 + 1,
                    unrecorded + surfaces.len() as u8,
                );
                points.push(self.point(pulse, *surface, returns, &mut random));
            }
        }
        points.truncate(count);
        points
    }

    fn pulse(&self, terrain: &Terrain, random: &mut Random) -> Pulse {
        let (min, max) = if random.once_in(4) {
            terrain.village()
        } else {
            ([2.0; 2], [self.cube.size - 2.0; 2])
        };
        let mut at = [0, 1].map(|axis| random.range(min[axis], max[axis]));
        if random.once_in(40) {
            // On the face between two cells, where halving decides.
            let face = self.cube.size / 8.0;
            let axis = random.below(2) as usize;
            at[axis] = ((at[axis] / face).round() * face).clamp(face, self.cube.size - face);
        }
        let width = self.cube.size / f64::from(LINES);
        let swath = (at[0] / width).floor();
        let overlaps = at[0] - swath * width < width / 6.0 && swath > 0.0;
        let line = swath as u32 - u32::from(overlaps && random.once_in(2));
        let sideways = at[0] - (f64::from(line) + 0.5) * width;
        let along = at[1] / 64.0 + random.range(0.0, 0.02);
        Pulse {
            at,
            line,
            overlaps,
            time: TAKE_OFF + f64::from(line) * 120.0 + along,
            // From a height of half the cube. The tangent is close to the angle, with 57.3 degrees to the radian.
            angle: (sideways / (self.cube.size / 2.0) * 57.3 / 0.006).round() as i16,
        }
    }

    fn point(
        &self,
        pulse: Pulse,
        surface: Surface,
        (return_number, number_of_returns): (u8, u8),
        random: &mut Random,
    ) -> Point {
        let flag = |random: &mut Random, times: u32| u8::from(random.once_in(times));
        let height = surface.height + random.range(-0.08, 0.08);
        let [x, y] = [0, 1].map(|axis| self.cube.min[axis] + pulse.at[axis]);
        let colour = colour(surface.class, random);
        Point {
            raw: self.scaling.raw([x, y, height]),
            intensity: colour[1] / 32 + random.below(200) as u16,
            return_number,
            number_of_returns,
            scan_direction: (pulse.at[1] as u8) & 1,
            edge_of_flight_line: flag(random, 90),
            classification: self.classify(pulse, surface, random),
            synthetic: flag(random, 70),
            key_point: flag(random, 50),
            withheld: flag(random, 80),
            overlap: u8::from(self.extended && pulse.overlaps),
            scan_channel: if self.extended {
                (pulse.at[0] as u8) & 3
            } else {
                0
            },
            scan_angle: pulse.angle,
            user_data: random.below(4) as u8,
            point_source_id: 101 + pulse.line as u16,
            gps_time: pulse.time,
            colour,
            infrared: colour[1] / 2 + random.below(9000) as u16,
            origin_id: pulse.line,
            bits: random.bits(),
        }
    }

    fn classify(&self, pulse: Pulse, surface: Surface, random: &mut Random) -> u8 {
        match surface.class {
            // A user-defined class (64 to 255), which does not fit in 5 bits.
            class::GROUND if self.extended && random.once_in(25) => 64 + random.below(3) as u8,
            // Formats 0 to 5 have a class for overlap instead of a flag.
            class::GROUND if !self.extended && pulse.overlaps && random.once_in(3) => {
                class::OVERLAP
            }
            class => class,
        }
    }
}

/// A colour of a 16-bit camera: 8 bits times 256.
fn colour(class: u8, random: &mut Random) -> [u16; 3] {
    let base = match class {
        class::HIGH_VEGETATION => [52, 98, 44],
        class::BUILDING => [168, 92, 74],
        class::WATER => [58, 88, 120],
        _ => [134, 142, 84],
    };
    let shade = random.below(24) as u16;
    base.map(|part: u16| (part + shade) * 256)
}
