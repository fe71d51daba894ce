//! The codes of a chunk's layers.

use crate::coder::Coder;
use crate::error::Error;
use crate::layers::Layers;
use crate::layout14::Layout14;

/// The layers of a point, in the order of the chunk.
const POINT14: [Layers; 9] = [
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

/// A chunk being read: its first record, then a code for each layer that is wanted and has one. A layer without any
/// bytes says that its field never changes.
#[derive(Clone)]
pub(crate) struct Code<'a> {
    /// The first record, until it has been read.
    pub(crate) first: Option<&'a [u8]>,
    pub(crate) position: Option<Coder<'a>>,
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
    pub(crate) bytes: Vec<Option<Coder<'a>>>,
}

impl<'a> Code<'a> {
    /// Takes a chunk apart: a record, the number of points, the layers' sizes, the layers.
    pub(crate) fn new(chunk: &'a [u8], layout: Layout14, wanted: Layers) -> Result<Self, Error> {
        let (first, rest) = split(chunk, layout.size())?;
        let (_points, rest) = split(rest, SIZE)?;
        let layers = POINT14.len()
            + usize::from(layout.has_colour())
            + usize::from(layout.has_infrared())
            + layout.extra();
        let (sizes, layers) = split(rest, layers * SIZE)?;
        let mut rest = Rest {
            sizes,
            layers,
            wanted,
        };
        let mut point = [None; POINT14.len()];
        for (coder, layer) in point.iter_mut().zip(POINT14) {
            *coder = rest.next(layer)?;
        }
        let [
            position,
            z,
            classification,
            flags,
            intensity,
            angle,
            user_data,
            source,
            time,
        ] = point;
        Ok(Code {
            first: Some(first),
            position,
            z,
            classification,
            flags,
            intensity,
            angle,
            user_data,
            source,
            time,
            colour: rest.next_if(layout.has_colour(), Layers::RGB)?,
            infrared: rest.next_if(layout.has_infrared(), Layers::NIR)?,
            bytes: (0..layout.extra())
                .map(|_| rest.next(Layers::BYTES))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Whether all the bytes that were needed were there.
    pub(crate) fn is_whole(&self) -> bool {
        let point = [
            &self.position,
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
        ];
        let all = point.into_iter().chain(&self.bytes);
        all.flatten().all(Coder::is_whole)
    }
}

/// The bytes of a layer's size.
const SIZE: usize = 4;

/// The layers to come.
struct Rest<'a> {
    sizes: &'a [u8],
    layers: &'a [u8],
    wanted: Layers,
}

impl<'a> Rest<'a> {
    fn next_if(&mut self, is_there: bool, layer: Layers) -> Result<Option<Coder<'a>>, Error> {
        match is_there {
            true => self.next(layer),
            false => Ok(None),
        }
    }

    fn next(&mut self, layer: Layers) -> Result<Option<Coder<'a>>, Error> {
        let (size, sizes) = self.sizes.split_first_chunk().ok_or(Error::Truncated)?;
        self.sizes = sizes;
        let size = usize::try_from(u32::from_le_bytes(*size)).map_err(|_| Error::Truncated)?;
        let (bytes, layers) = split(self.layers, size)?;
        self.layers = layers;
        match size > 0 && self.wanted.contains(layer) {
            true => Coder::new(bytes).map(Some),
            false => Ok(None),
        }
    }
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), Error> {
    bytes.split_at_checked(at).ok_or(Error::Truncated)
}
