//! Writing of layered chunks.

use super::codes::Codes;
use super::record::{CHANNEL, CLASSIFICATION, FLAGS, INTENSITY, USER_DATA};
use super::{BLOCK, Layered};
use crate::error::Error;
use crate::place::get;
use crate::wave_packet;
use crate::writer::Writer;

impl Layered {
    /// Appends the chunk of whole records, one or more.
    pub(crate) fn write(&mut self, records: &[u8], chunk: &mut Vec<u8>) -> Result<(), Error> {
        let size = self.record_size;
        let points = u32::try_from(records.len() / size).map_err(|_| Error::TooLong)?;
        let (first, rest) = records.split_at(size.min(records.len()));
        let mut codes = self.codes(first, rest);
        self.start(&codes, first);
        for block in rest.chunks(BLOCK * size) {
            self.code_block(&mut codes, block);
        }
        chunk.extend_from_slice(first);
        chunk.extend_from_slice(&points.to_le_bytes());
        self.finish(codes, chunk)
    }

    /// Codes for those layers that are not empty. Angle, source and time have one in any case: nothing is written to it
    /// unless they change.
    fn codes(&mut self, first: &[u8], rest: &[u8]) -> Codes<Writer> {
        let layout = self.layout;
        let fields = Fields {
            first,
            rest,
            size: self.record_size,
        };
        let mut code = |is_present: bool| {
            is_present.then(|| Writer::new(self.spare.pop().unwrap_or_default()))
        };
        Codes {
            point: code(true),
            z: code(true),
            classification: code(fields.change::<1>(CLASSIFICATION)),
            flags: code(fields.flags_change()),
            intensity: code(fields.change::<2>(INTENSITY)),
            angle: code(true),
            user_data: code(fields.change::<1>(USER_DATA)),
            source: code(true),
            time: code(true),
            colour: code(layout.has_colour && fields.change::<6>(layout.colour())),
            infrared: code(layout.has_infrared && fields.change::<2>(layout.infrared())),
            wave_packet: code(
                layout.has_wave_packet
                    && fields.change::<{ wave_packet::SIZE }>(layout.wave_packet()),
            ),
            bytes: (layout.bytes()..layout.size())
                .map(|at| code(fields.change::<1>(at)))
                .collect(),
        }
    }

    /// Appends the sizes of the layers, then the layers.
    fn finish(&mut self, codes: Codes<Writer>, chunk: &mut Vec<u8>) -> Result<(), Error> {
        let mut layers = Vec::new();
        for (place, code) in codes.into_layers(self.layout).enumerate() {
            // The first two are there even if the chunk has only one point.
            let layer = code.map_or_else(Vec::new, |code| match place < 2 || !code.is_empty() {
                true => code.finish(),
                false => code.abandon(),
            });
            let size = u32::try_from(layer.len()).map_err(|_| Error::TooLong)?;
            chunk.extend_from_slice(&size.to_le_bytes());
            layers.push(layer);
        }
        for mut layer in layers {
            chunk.extend_from_slice(&layer);
            layer.clear();
            if layer.capacity() > 0 {
                self.spare.push(layer);
            }
        }
        Ok(())
    }
}

/// The fields of a chunk's records.
struct Fields<'a> {
    first: &'a [u8],
    rest: &'a [u8],
    size: usize,
}

impl Fields<'_> {
    /// Whether the bytes at an offset differ from those of the first record anywhere.
    fn change<const N: usize>(&self, at: usize) -> bool {
        let first = get::<N>(self.first, at);
        let mut records = self.rest.chunks_exact(self.size);
        records.any(|record| get::<N>(record, at) != first)
    }

    /// Whether the flags change. The scanner channel among them is in the first layer.
    fn flags_change(&self) -> bool {
        let [first] = get(self.first, FLAGS);
        let mut records = self.rest.chunks_exact(self.size);
        records.any(|record| (record[FLAGS] ^ first) & !CHANNEL != 0)
    }
}
