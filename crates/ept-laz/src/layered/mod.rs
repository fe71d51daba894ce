//! Chunks of point formats 6 to 10: each field has a code of its own, a layer.

mod block;
mod byte;
mod chunk;
mod contexts;
mod field;
mod gps_time;
mod integers;
mod item;
mod layers;
mod layout;
mod nir;
mod point;
mod record;
mod returns;
mod rgb;
mod step;
mod symbols;
mod track;
mod wave_packet;

use block::Block;
use byte::Byte;
pub(crate) use chunk::Chunk;
use field::FieldLayer;
use gps_time::GpsTime;
use integers::{Angle, Intensity, Source, Z};
use item::ItemLayer;
pub use layers::Layers;
use layout::Layout;
use nir::Nir;
use point::PointLayer;
use record::Point;
use symbols::{Classification, Flags, UserData};

use crate::error::Error;
use crate::item::Item;
use crate::rgb::Rgb;
use crate::wave_packet::{SIZE as WAVE_PACKET, WavePacket};

/// Number of points that a layer reads before the next layer does, so that its models stay in the processor's cache.
const BLOCK: usize = 512;

/// Reads layered chunks, one after the other, reusing the same memory.
pub(crate) struct Layered {
    record_size: usize,
    layout: Layout,
    wanted: Layers,
    /// The first record of the chunk. All others start as copies of it.
    first: Vec<u8>,
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
    /// A reader of all layers of records of these items.
    pub(crate) fn new(items: &[Item]) -> Result<Layered, Error> {
        let layout = Layout::new(items)?;
        let bytes = layout.bytes()..layout.size();
        Ok(Layered {
            record_size: layout.size(),
            layout,
            wanted: Layers::ALL,
            first: Vec::new(),
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

    /// Reads only these layers, from the next chunk on.
    pub(crate) fn select(&mut self, wanted: Layers) {
        self.wanted = wanted;
    }

    /// Starts a chunk.
    pub(crate) fn begin<'a>(&mut self, chunk: &'a [u8]) -> Result<Chunk<'a>, Error> {
        let chunk = Chunk::new(chunk, self.layout, self.wanted)?;
        let first = chunk.first.unwrap_or_default();
        self.first.clear();
        self.first.extend_from_slice(first);
        let channel = record::channel(first);
        self.block.begin(channel);
        self.point.begin(Point::of(first), channel);
        self.begin_layers(&chunk);
        Ok(chunk)
    }

    fn begin_layers(&mut self, chunk: &Chunk<'_>) {
        let first = &self.first;
        self.z.begin(&chunk.z, first);
        self.classification.begin(&chunk.classification, first);
        self.flags.begin(&chunk.flags, first);
        self.intensity.begin(&chunk.intensity, first);
        self.angle.begin(&chunk.angle, first);
        self.user_data.begin(&chunk.user_data, first);
        self.source.begin(&chunk.source, first);
        self.time.begin(&chunk.time, first);
        self.colour.begin(&chunk.colour, first);
        self.infrared.begin(&chunk.infrared, first);
        self.wave_packet.begin(&chunk.wave_packet, first);
        for (byte, code) in self.bytes.iter_mut().zip(&chunk.bytes) {
            byte.begin(code, first);
        }
    }

    /// Fills whole records with the next points of the chunk that was started last.
    pub(crate) fn read(&mut self, chunk: &mut Chunk<'_>, records: &mut [u8]) -> Result<(), Error> {
        let size = self.record_size;
        let whole = records.len() / size * size;
        let mut records = &mut records[..whole];
        if let (Some(first), true) = (chunk.first, records.len() >= size) {
            chunk.first = None;
            let (record, rest) = records.split_at_mut(size);
            record.copy_from_slice(first);
            records = rest;
        }
        for block in records.chunks_mut(BLOCK * size) {
            self.read_block(chunk, block)?;
        }
        Ok(())
    }

    fn read_block(&mut self, chunk: &mut Chunk<'_>, records: &mut [u8]) -> Result<(), Error> {
        repeat(&self.first, records);
        self.block.clear();
        let point = chunk.point.as_mut().ok_or(Error::Truncated)?;
        self.point
            .read(point, &mut self.block, records, self.record_size);
        self.read_fields(chunk, records);
        self.read_items(chunk, records);
        chunk.check()
    }

    fn read_fields(&mut self, chunk: &mut Chunk<'_>, records: &mut [u8]) {
        let (block, size) = (&self.block, self.record_size);
        self.z.read(&mut chunk.z, block, records, size);
        self.classification
            .read(&mut chunk.classification, block, records, size);
        self.flags.read(&mut chunk.flags, block, records, size);
        self.intensity
            .read(&mut chunk.intensity, block, records, size);
        self.angle.read(&mut chunk.angle, block, records, size);
        self.user_data
            .read(&mut chunk.user_data, block, records, size);
        self.source.read(&mut chunk.source, block, records, size);
        self.time.read(&mut chunk.time, block, records, size);
    }

    fn read_items(&mut self, chunk: &mut Chunk<'_>, records: &mut [u8]) {
        let (block, size) = (&self.block, self.record_size);
        self.colour.read(&mut chunk.colour, block, records, size);
        self.infrared
            .read(&mut chunk.infrared, block, records, size);
        self.wave_packet
            .read(&mut chunk.wave_packet, block, records, size);
        for (byte, code) in self.bytes.iter_mut().zip(&mut chunk.bytes) {
            byte.read(code, block, records, size);
        }
    }
}

/// Fills records with copies of a record, in ever larger pieces.
fn repeat(record: &[u8], records: &mut [u8]) {
    let (mut filled, all) = (record.len().min(records.len()), records.len());
    records[..filled].copy_from_slice(&record[..filled]);
    while filled < all && filled > 0 {
        let more = filled.min(all - filled);
        records.copy_within(..more, filled);
        filled += more;
    }
}
