//! Sets of layers.

use std::ops::BitOr;

/// A set of layers to decode. X, Y, the returns and the scanner channel are in a layer that is always decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layers(u16);

impl Layers {
    /// Only the layer that is always decoded.
    pub const NONE: Layers = Layers(0);
    /// The Z coordinate.
    pub const Z: Layers = Layers(1);
    /// The classification.
    pub const CLASSIFICATION: Layers = Layers(1 << 1);
    /// The classification flags, the scan direction and the edge of the flight line.
    pub const FLAGS: Layers = Layers(1 << 2);
    /// The intensity.
    pub const INTENSITY: Layers = Layers(1 << 3);
    /// The scan angle.
    pub const SCAN_ANGLE: Layers = Layers(1 << 4);
    /// The user data.
    pub const USER_DATA: Layers = Layers(1 << 5);
    /// The point source.
    pub const POINT_SOURCE_ID: Layers = Layers(1 << 6);
    /// The GPS time.
    pub const GPS_TIME: Layers = Layers(1 << 7);
    /// The colour.
    pub const RGB: Layers = Layers(1 << 8);
    /// The near infrared.
    pub const NIR: Layers = Layers(1 << 9);
    /// All extra bytes.
    pub const BYTES: Layers = Layers(1 << 10);
    /// The wave packet.
    pub const WAVE_PACKET: Layers = Layers(1 << 11);
    /// All layers.
    pub const ALL: Layers = Layers((1 << 12) - 1);

    /// Whether all of these layers are in the set.
    #[must_use]
    pub const fn contains(self, layers: Layers) -> bool {
        self.0 & layers.0 == layers.0
    }
}

impl BitOr for Layers {
    type Output = Layers;

    fn bitor(self, other: Layers) -> Layers {
        Layers(self.0 | other.0)
    }
}
