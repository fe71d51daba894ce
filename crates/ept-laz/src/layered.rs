//! Layered chunks: point formats 6, 7 and 8.

use crate::block::Block;
use crate::bytes14::Bytes14;
use crate::code::Code;
use crate::error::Error;
use crate::field14::Layer;
use crate::gps_time14::GpsTime;
use crate::integers14::{Angle, Intensity, Source, Z};
use crate::layers::Layers;
use crate::layout14::Layout14;
use crate::nir14::Nir14;
use crate::point14::Point14;
use crate::record14::{self, Point};
use crate::rgb14::Rgb14;
use crate::symbols14::{Classification, Flags, UserData};

/// Points that every layer reads before the next layer does: its models then stay near the processor.
const BLOCK: usize = 512;

/// Reads layered chunks, one after the other, in the same memory.
pub(crate) struct Layered {
    layout: Layout14,
    wanted: Layers,
    /// The first record: what no layer changes stays as it is there.
    first: Vec<u8>,
    block: Block,
    point: Point14,
    z: Layer<Z>,
    classification: Layer<Classification>,
    flags: Layer<Flags>,
    intensity: Layer<Intensity>,
    angle: Layer<Angle>,
    user_data: Layer<UserData>,
    source: Layer<Source>,
    time: Layer<GpsTime>,
    colour: Rgb14,
    infrared: Nir14,
    bytes: Bytes14,
}

impl Layered {
    /// Reads all layers of records of that layout.
    pub(crate) fn new(layout: Layout14) -> Layered {
        Layered {
            layout,
            wanted: Layers::ALL,
            first: Vec::new(),
            block: Block::default(),
            point: Point14::new(),
            z: Layer::new(),
            classification: Layer::new(),
            flags: Layer::new(),
            intensity: Layer::new(),
            angle: Layer::new(),
            user_data: Layer::new(),
            source: Layer::new(),
            time: Layer::new(),
            colour: Rgb14::new(),
            infrared: Nir14::new(),
            bytes: Bytes14::new(layout.extra()),
        }
    }

    /// The length of a record.
    pub(crate) fn size(&self) -> usize {
        self.layout.size()
    }

    /// Leaves out other layers from the next chunk on: their fields stay as they are in a chunk's first record.
    pub(crate) fn select(&mut self, wanted: Layers) {
        self.wanted = wanted;
    }

    /// Starts a chunk.
    pub(crate) fn begin<'a>(&mut self, chunk: &'a [u8]) -> Result<Code<'a>, Error> {
        let code = Code::new(chunk, self.layout, self.wanted)?;
        let first = code.first.unwrap_or_default();
        self.first.clear();
        self.first.extend_from_slice(first);
        let channel = record14::channel(first);
        self.block.begin(channel);
        self.point.begin(Point::of(first), channel);
        self.begin_layers(&code);
        Ok(code)
    }

    fn begin_layers(&mut self, code: &Code<'_>) {
        let (first, layout) = (&self.first, self.layout);
        self.z.begin(&code.z, first);
        self.classification.begin(&code.classification, first);
        self.flags.begin(&code.flags, first);
        self.intensity.begin(&code.intensity, first);
        self.angle.begin(&code.angle, first);
        self.user_data.begin(&code.user_data, first);
        self.source.begin(&code.source, first);
        self.time.begin(&code.time, first);
        self.colour.begin(&code.colour, first, layout.colour());
        self.infrared
            .begin(&code.infrared, first, layout.infrared());
        self.bytes.begin(&code.bytes, &first[layout.bytes()..]);
    }

    /// Fills whole records with the next points of the chunk that was started last. After an error they hold nothing of
    /// use.
    pub(crate) fn read(&mut self, code: &mut Code<'_>, records: &mut [u8]) -> Result<(), Error> {
        let size = self.layout.size();
        let whole = records.len() / size * size;
        let mut records = &mut records[..whole];
        if let (Some(first), true) = (code.first, records.len() >= size) {
            code.first = None;
            let (record, rest) = records.split_at_mut(size);
            record.copy_from_slice(first);
            records = rest;
        }
        for block in records.chunks_mut(BLOCK * size) {
            self.read_block(code, block)?;
        }
        Ok(())
    }

    fn read_block(&mut self, code: &mut Code<'_>, records: &mut [u8]) -> Result<(), Error> {
        let size = self.layout.size();
        repeat(&self.first, records);
        self.block.clear();
        let position = code.position.as_mut().ok_or(Error::Truncated)?;
        self.point.read(position, &mut self.block, records, size);
        self.read_fields(code, records, size);
        self.read_items(code, records, size);
        match code.is_whole() {
            true => Ok(()),
            false => Err(Error::Truncated),
        }
    }

    fn read_fields(&mut self, code: &mut Code<'_>, records: &mut [u8], size: usize) {
        let block = &self.block;
        self.z.read(&mut code.z, block, records, size);
        self.classification
            .read(&mut code.classification, block, records, size);
        self.flags.read(&mut code.flags, block, records, size);
        self.intensity
            .read(&mut code.intensity, block, records, size);
        self.angle.read(&mut code.angle, block, records, size);
        self.user_data
            .read(&mut code.user_data, block, records, size);
        self.source.read(&mut code.source, block, records, size);
        self.time.read(&mut code.time, block, records, size);
    }

    fn read_items(&mut self, code: &mut Code<'_>, records: &mut [u8], size: usize) {
        let (block, layout) = (&self.block, self.layout);
        self.colour
            .read(&mut code.colour, block, records, size, layout.colour());
        self.infrared
            .read(&mut code.infrared, block, records, size, layout.infrared());
        self.bytes
            .read(&mut code.bytes, block, records, size, layout.bytes());
    }
}

/// Fills records with copies of one, in ever larger pieces.
fn repeat(record: &[u8], records: &mut [u8]) {
    let (mut filled, all) = (record.len().min(records.len()), records.len());
    records[..filled].copy_from_slice(&record[..filled]);
    while filled < all && filled > 0 {
        let more = filled.min(all - filled);
        records.copy_within(..more, filled);
        filled += more;
    }
}
