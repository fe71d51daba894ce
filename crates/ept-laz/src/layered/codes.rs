//! The codes of a chunk's layers.

use super::layout::Layout;

/// A code for each layer, to be read or written. A layer has no code if it is not wanted, or if it is empty because its
/// field is the same in all points.
pub(crate) struct Codes<C> {
    pub(crate) point: Option<C>,
    pub(crate) z: Option<C>,
    pub(crate) classification: Option<C>,
    pub(crate) flags: Option<C>,
    pub(crate) intensity: Option<C>,
    pub(crate) angle: Option<C>,
    pub(crate) user_data: Option<C>,
    pub(crate) source: Option<C>,
    pub(crate) time: Option<C>,
    pub(crate) colour: Option<C>,
    pub(crate) infrared: Option<C>,
    pub(crate) wave_packet: Option<C>,
    pub(crate) bytes: Vec<Option<C>>,
}

impl<C> Codes<C> {
    /// The codes of all layers that records have, in the order of the chunk.
    pub(crate) fn into_layers(self, layout: Layout) -> impl Iterator<Item = Option<C>> {
        let point = [
            self.point,
            self.z,
            self.classification,
            self.flags,
            self.intensity,
            self.angle,
            self.user_data,
            self.source,
            self.time,
        ];
        let items = [
            (layout.has_colour, self.colour),
            (layout.has_infrared, self.infrared),
            (layout.has_wave_packet, self.wave_packet),
        ];
        let items = items.into_iter().filter(|(is_present, _)| *is_present);
        let items = items.map(|(_, code)| code);
        point.into_iter().chain(items).chain(self.bytes)
    }

    /// All codes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &C> {
        let codes = [
            &self.point,
            &self.z,
            &self.classification,
            &self.flags,
            &self.intensity,
            &self.angle,
            &self.user_data,
            &self.source,
            &self.time,
            &self.colour,
            &self.infrared,
            &self.wave_packet,
        ];
        codes.into_iter().chain(&self.bytes).flatten()
    }
}
