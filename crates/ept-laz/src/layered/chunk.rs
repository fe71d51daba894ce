//! A layered chunk split into its layers.

use super::codes::Codes;
use super::layers::Layers;
use super::layout::Layout;
use crate::error::Error;
use crate::reader::Reader;

/// The layers of the point item, in the order of the chunk. The first is always decoded.
const POINT: [Layers; 9] = [
    Layers::NONE,
    Layers::Z,
    Layers::CLASSIFICATION,
    Layers::FLAGS,
    Layers::INTENSITY,
    Layers::SCAN_ANGLE,
    Layers::USER_DATA,
    Layers::POINT_SOURCE_ID,
    Layers::GPS_TIME,
];

/// Size in bytes of a layer's size, and of the number of points.
const SIZE: usize = 4;

/// A chunk being read: its first record, then a code for each layer.
pub(crate) struct Chunk<'a> {
    pub(crate) first: &'a [u8],
    pub(crate) is_first_read: bool,
    pub(crate) codes: Codes<Reader<'a>>,
    /// Number of bytes after the layers.
    pub(crate) bytes_left: usize,
}

impl<'a> Chunk<'a> {
    /// Splits a chunk: a record, the number of points, the sizes of the layers, the layers.
    pub(crate) fn new(chunk: &'a [u8], layout: Layout, wanted: Layers) -> Result<Self, Error> {
        let (first, rest) = split(chunk, layout.size())?;
        let (_points, rest) = split(rest, SIZE)?;
        let count = POINT.len()
            + usize::from(layout.has_colour)
            + usize::from(layout.has_infrared)
            + usize::from(layout.has_wave_packet)
            + layout.extra_bytes;
        let (sizes, layers) = split(rest, count * SIZE)?;
        let mut rest = Rest {
            sizes,
            layers,
            wanted,
        };
        let mut point = [None; POINT.len()];
        for (code, layer) in point.iter_mut().zip(POINT) {
            *code = rest.next(layer)?;
        }
        let [
            point,
            z,
            classification,
            flags,
            intensity,
            angle,
            user_data,
            source,
            time,
        ] = point;
        let codes = Codes {
            point,
            z,
            classification,
            flags,
            intensity,
            angle,
            user_data,
            source,
            time,
            colour: rest.next_if(layout.has_colour, Layers::RGB)?,
            infrared: rest.next_if(layout.has_infrared, Layers::NIR)?,
            wave_packet: rest.next_if(layout.has_wave_packet, Layers::WAVE_PACKET)?,
            bytes: (0..layout.extra_bytes)
                .map(|_| rest.next(Layers::BYTES))
                .collect::<Result<_, _>>()?,
        };
        Ok(Chunk {
            first,
            is_first_read: false,
            codes,
            bytes_left: rest.layers.len(),
        })
    }

    /// Checks that no code ended early.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.codes.iter().try_for_each(Reader::check)
    }
}

/// The remaining layers.
struct Rest<'a> {
    sizes: &'a [u8],
    layers: &'a [u8],
    wanted: Layers,
}

impl<'a> Rest<'a> {
    fn next_if(&mut self, is_present: bool, layer: Layers) -> Result<Option<Reader<'a>>, Error> {
        if is_present {
            self.next(layer)
        } else {
            Ok(None)
        }
    }

    fn next(&mut self, layer: Layers) -> Result<Option<Reader<'a>>, Error> {
        let (size, sizes) = self.sizes.split_first_chunk().ok_or(Error::Truncated)?;
        self.sizes = sizes;
        let size = usize::try_from(u32::from_le_bytes(*size)).map_err(|_| Error::Truncated)?;
        let (bytes, layers) = split(self.layers, size)?;
        self.layers = layers;
        if size > 0 && self.wanted.contains(layer) {
            Reader::new(bytes).map(Some)
        } else {
            Ok(None)
        }
    }
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), Error> {
    bytes.split_at_checked(at).ok_or(Error::Truncated)
}
