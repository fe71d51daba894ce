//! Chunks of point formats 6 to 10: each field has a code of its own, a layer.

mod block;
mod byte;
mod chunk;
mod codes;
mod contexts;
mod field;
mod gps_time;
mod integers;
mod item;
mod layers;
mod layout;
mod nir;
mod point;
mod reading;
mod record;
mod returns;
mod rgb;
mod step;
mod symbols;
mod track;
mod wave_packet;
mod writing;

use block::Block;
use byte::Byte;
pub(crate) use chunk::Chunk;
use codes::Codes;
use field::FieldLayer;
use gps_time::GpsTime;
use integers::{Angle, Intensity, Source, Z};
use item::ItemLayer;
pub use layers::Layers;
use layout::Layout;
use nir::Nir;
use point::PointLayer;
use symbols::{Classification, Flags, UserData};

use crate::coder::Coder;
use crate::error::Error;
use crate::item::Item;
use crate::place::Place;
use crate::rgb::Rgb;
use crate::wave_packet::{SIZE as WAVE_PACKET, WavePacket};

/// Number of points of which a layer is coded before the next layer is, so that its models stay in the processor's
/// cache.
const BLOCK: usize = 512;

/// Reads or writes layered chunks, one after the other, reusing the same memory.
pub(crate) struct Layered {
    record_size: usize,
    layout: Layout,
    /// The layers to read.
    wanted: Layers,
    /// Memory for layers to write.
    spare: Vec<Vec<u8>>,
    block: Block,
    point: PointLayer,
    z: FieldLayer<Z>,
    classification: FieldLayer<Classification>,
    flags: FieldLayer<Flags>,
    intensity: FieldLayer<Intensity>,
    angle: FieldLayer<Angle>,
    user_data: FieldLayer<UserData>,
    source: FieldLayer<Source>,
    time: FieldLayer<GpsTime>,
    colour: ItemLayer<Rgb, 6>,
    infrared: ItemLayer<Nir, 2>,
    wave_packet: ItemLayer<WavePacket, WAVE_PACKET>,
    bytes: Vec<ItemLayer<Byte, 1>>,
}

impl Layered {
    /// For all layers of records of these items.
    pub(crate) fn new(items: &[Item]) -> Result<Layered, Error> {
        let layout = Layout::new(items)?;
        let bytes = layout.bytes()..layout.size();
        Ok(Layered {
            record_size: layout.size(),
            layout,
            wanted: Layers::ALL,
            spare: Vec::new(),
            block: Block::new(layout.version),
            point: PointLayer::new(),
            z: FieldLayer::new(),
            classification: FieldLayer::new(),
            flags: FieldLayer::new(),
            intensity: FieldLayer::new(),
            angle: FieldLayer::new(),
            user_data: FieldLayer::new(),
            source: FieldLayer::new(),
            time: FieldLayer::new(),
            colour: ItemLayer::new(layout.colour()),
            infrared: ItemLayer::new(layout.infrared()),
            wave_packet: ItemLayer::new(layout.wave_packet()),
            bytes: bytes.map(ItemLayer::new).collect(),
        })
    }

    pub(crate) fn record_size(&self) -> usize {
        self.record_size
    }

    /// Starts a chunk with its first record.
    fn start<C: Coder>(&mut self, codes: &Codes<C>, first: &[u8]) {
        self.block.begin(record::channel(&first));
        self.point.begin(first);
        self.z.begin(&codes.z, first);
        self.classification.begin(&codes.classification, first);
        self.flags.begin(&codes.flags, first);
        self.intensity.begin(&codes.intensity, first);
        self.angle.begin(&codes.angle, first);
        self.user_data.begin(&codes.user_data, first);
        self.source.begin(&codes.source, first);
        self.time.begin(&codes.time, first);
        self.colour.begin(&codes.colour, first);
        self.infrared.begin(&codes.infrared, first);
        self.wave_packet.begin(&codes.wave_packet, first);
        for (byte, code) in self.bytes.iter_mut().zip(&codes.bytes) {
            byte.begin(code, first);
        }
    }

    /// Codes the layers of a block of points.
    fn code_block<C: Coder>(&mut self, codes: &mut Codes<C>, mut records: impl Place) {
        self.block.clear();
        if let Some(point) = &mut codes.point {
            self.point
                .code(point, &mut self.block, records.again(), self.record_size);
        }
        self.code_fields(codes, records.again());
        self.code_items(codes, records);
    }

    fn code_fields<C: Coder>(&mut self, codes: &mut Codes<C>, mut records: impl Place) {
        let (block, size) = (&self.block, self.record_size);
        self.z.code(&mut codes.z, block, records.again(), size);
        self.classification
            .code(&mut codes.classification, block, records.again(), size);
        self.flags
            .code(&mut codes.flags, block, records.again(), size);
        self.intensity
            .code(&mut codes.intensity, block, records.again(), size);
        self.angle
            .code(&mut codes.angle, block, records.again(), size);
        self.user_data
            .code(&mut codes.user_data, block, records.again(), size);
        self.source
            .code(&mut codes.source, block, records.again(), size);
        self.time
            .code(&mut codes.time, block, records.again(), size);
    }

    fn code_items<C: Coder>(&mut self, codes: &mut Codes<C>, mut records: impl Place) {
        let (block, size) = (&self.block, self.record_size);
        self.colour
            .code(&mut codes.colour, block, records.again(), size);
        self.infrared
            .code(&mut codes.infrared, block, records.again(), size);
        self.wave_packet
            .code(&mut codes.wave_packet, block, records.again(), size);
        for (byte, code) in self.bytes.iter_mut().zip(&mut codes.bytes) {
            byte.code(code, block, records.again(), size);
        }
    }
}
