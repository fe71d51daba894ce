//! Boxes in space.

/// A box in space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cuboid {
    pub(super) min: [f64; 3],
    pub(super) max: [f64; 3],
}

impl Cuboid {
    /// The box around places.
    pub(crate) fn around(places: impl IntoIterator<Item = [f64; 3]>) -> Cuboid {
        let mut cuboid = Cuboid {
            min: [f64::INFINITY; 3],
            max: [f64::NEG_INFINITY; 3],
        };
        for place in places {
            for (i, coordinate) in place.into_iter().enumerate() {
                cuboid.min[i] = cuboid.min[i].min(coordinate);
                cuboid.max[i] = cuboid.max[i].max(coordinate);
            }
        }
        cuboid
    }

    /// The squared distance of a place, 0 inside. Rounding is monotonic, so no place inside is closer by as much as a bit.
    pub(crate) fn square(&self, place: [f64; 3]) -> f64 {
        let beyond = |i: usize| (self.min[i] - place[i]).max(place[i] - self.max[i]);
        squared([0, 1, 2].map(|i| beyond(i).max(0.0)))
    }
}

pub(super) fn squared([x, y, z]: [f64; 3]) -> f64 {
    x * x + y * y + z * z
}
