//! A layered chunk split into its layers.

use super::layers::Layers;
use super::layout::Layout;
use crate::coder::Coder;
use crate::error::Error;

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

/// A chunk being read: its first record, then a code for each layer. A layer has no code if it is not wanted, or if it
/// is empty because its field is the same in all points.
#[derive(Clone)]
pub(crate) struct Chunk<'a> {
    /// The first record, until it is read.
    pub(crate) first: Option<&'a [u8]>,
    pub(crate) point: Option<Coder<'a>>,
    pub(crate) z: Option<Coder<'a>>,
    pub(crate) classification: Option<Coder<'a>>,
    pub(crate) flags: Option<Coder<'a>>,
    pub(crate) intensity: Option<Coder<'a>>,
    pub(crate) angle: Option<Coder<'a>>,
    pub(crate) user_data: Option<Coder<'a>>,
    pub(crate) source: Option<Coder<'a>>,
    pub(crate) time: Option<Coder<'a>>,
    pub(crate) colour: Option<Coder<'a>>,
    pub(crate) infrared: Option<Coder<'a>>,
    pub(crate) wave_packet: Option<Coder<'a>>,
    pub(crate) bytes: Vec<Option<Coder<'a>>>,
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
        for (coder, layer) in point.iter_mut().zip(POINT) {
            *coder = rest.next(layer)?;
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
        Ok(Chunk {
            first: Some(first),
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
        })
    }

    /// Checks that no code ended early.
    pub(crate) fn check(&self) -> Result<(), Error> {
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
        let codes = codes.into_iter().chain(&self.bytes);
        codes.flatten().try_for_each(Coder::check)
    }
}

/// The remaining layers.
struct Rest<'a> {
    sizes: &'a [u8],
    layers: &'a [u8],
    wanted: Layers,
}

impl<'a> Rest<'a> {
    fn next_if(&mut self, is_present: bool, layer: Layers) -> Result<Option<Coder<'a>>, Error> {
        if is_present {
            self.next(layer)
        } else {
            Ok(None)
        }
    }

    fn next(&mut self, layer: Layers) -> Result<Option<Coder<'a>>, Error> {
        let (size, sizes) = self.sizes.split_first_chunk().ok_or(Error::Truncated)?;
        self.sizes = sizes;
        let size = usize::try_from(u32::from_le_bytes(*size)).map_err(|_| Error::Truncated)?;
        let (bytes, layers) = split(self.layers, size)?;
        self.layers = layers;
        if size > 0 && self.wanted.contains(layer) {
            Coder::new(bytes).map(Some)
        } else {
            Ok(None)
        }
    }
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), Error> {
    bytes.split_at_checked(at).ok_or(Error::Truncated)
}
