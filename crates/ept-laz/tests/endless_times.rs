//! GPS times that turn to another sequence without end.
//!
//! A time of version 2 or later may be preceded by a symbol that turns to another sequence. LASzip's decoder calls itself
//! after that symbol, and so does that of the `laz` crate. An adaptive model makes each repetition cheaper: a code of a few
//! bytes has enough of them to use up the stack of any thread, which aborts the process.

mod layered;

use ept_laz::{Decoder, Error, Item, Kind};
use layered::{Format, Recipe};
use laz::encoders::ArithmeticEncoder;
use laz::las::v2::LasPoint0Compressor;
use laz::models::ArithmeticModelBuilder;
use laz::record::FieldCompressor;

/// Turns in a code. Each takes more than a byte of any stack.
const TURNS: usize = 2_000_000;
/// Enough for decoding, which holds its state on the heap, in a debug build.
const STACK: usize = 128 << 10;

/// Does something on a small stack.
fn confined<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let small = std::thread::Builder::new().stack_size(STACK);
        let working = small.spawn_scoped(scope, work).expect("a thread");
        working.join().expect("no panic")
    })
}

/// Appends symbols of the model of a first time that turn to another sequence, then one that does not.
fn turn(
    encoder: &mut ArithmeticEncoder<impl std::io::Write>,
    (symbols, symbol): (u32, u32),
    turns: usize,
) {
    let mut model = ArithmeticModelBuilder::new(symbols).build();
    for _ in 0..turns {
        encoder.encode_symbol(&mut model, symbol).expect("room");
    }
    encoder.encode_symbol(&mut model, 1).expect("room");
}

/// A chunk of two points, the time of the second after this many turns.
fn sequential(others: usize, turns: usize) -> Vec<u8> {
    let record = vec![0; 28 + others];
    let mut encoder = ArithmeticEncoder::new(record);
    let mut point = LasPoint0Compressor::default();
    point
        .compress_first(&mut Vec::new(), &[0; 20])
        .expect("room");
    point.compress_with(&mut encoder, &[0; 20]).expect("room");
    // Of 6 symbols, the last three turn.
    turn(&mut encoder, (6, 3), turns);
    let zeros = [0; 100];
    zeros
        .iter()
        .for_each(|zero| encoder.write_byte(*zero).expect("room"));
    encoder.done().expect("room");
    encoder.into_inner()
}

/// A chunk whose layer of times has that many turns before the first.
fn layered(format: Format, turns: usize) -> (Vec<u8>, usize) {
    let recipe = Recipe {
        points: 200,
        seed: 3,
        busy: u16::MAX,
        pace: 2,
    };
    let whole = layered::compress(format, &recipe.records(format));
    let mut encoder = ArithmeticEncoder::new(Vec::new());
    // Of 5 symbols, the last three turn.
    turn(&mut encoder, (5, 2), turns);
    encoder.done().expect("room");
    let times = encoder.into_inner();

    const TIMES: usize = 8;
    let (at, layers) = format.sizes();
    let sizes: Vec<usize> = whole[at..at + 4 * layers]
        .chunks(4)
        .map(|size| u32::from_le_bytes(size.try_into().expect("4 bytes")) as usize)
        .collect();
    let mut chunk = whole[..at + 4 * layers].to_vec();
    let size = times.len() as u32;
    chunk[at + 4 * TIMES..][..4].copy_from_slice(&size.to_le_bytes());
    let before: usize = sizes[..TIMES].iter().sum();
    let layers = &whole[at + 4 * layers..];
    chunk.extend(&layers[..before]);
    chunk.extend(times);
    chunk.extend(&layers[before + sizes[TIMES]..]);
    (chunk, recipe.points)
}

#[test]
fn times_that_turn_without_end_are_damage() {
    let point = [Kind::Point10.version(2), Kind::GpsTime.version(2)];
    let others: [&[Item]; 4] = [
        &[],
        &[Kind::WavePacket13.version(1)],
        &[Kind::Rgb12.version(1)],
        &[Kind::WavePacket13.version(1), Kind::Bytes(3).version(2)],
    ];
    for (others, size) in others.into_iter().zip([0, 29, 6, 32]) {
        let items = [&point[..], others].concat();
        let read = |chunk: &[u8]| {
            confined(|| {
                let mut records = vec![0; 2 * (28 + size)];
                let mut decoder = Decoder::new(&items)?;
                decoder.begin(chunk)?.read(&mut records)
            })
        };
        let chunk = sequential(size, TURNS);
        assert!(chunk.len() < 2000, "{}", chunk.len());
        assert_eq!(read(&chunk), Err(Error::Damaged), "{items:?}");
        assert_eq!(read(&sequential(size, 2)), Err(Error::Damaged));
        assert_eq!(read(&sequential(size, 1)), Ok(()));
    }
    for format in 6..=10 {
        for version in [3, 4] {
            let format = Format(format, 2, version);
            let (chunk, points) = layered(format, TURNS);
            let blocks = [points];
            let mut decoder = format.decoder();
            let found = confined(|| layered::read(&mut decoder, format, &chunk, points, &blocks));
            assert_eq!(found, Err(Error::Damaged), "{format:?}");
        }
    }
}
