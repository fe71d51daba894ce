//! Damaged chunks give errors, or the records that the `laz` crate reads.

mod layered;

use ept_laz::{Error, Layers};
use layered::{End, Format, Recipe, compress, formats, laz_until, read};
use proptest::collection::vec;
use proptest::prelude::*;

/// What to do to a chunk: places to change bits at and the length to keep, as fractions of 65536; sizes of layers to
/// overwrite.
#[derive(Clone, Debug)]
struct Damage {
    flips: Vec<(u16, u8)>,
    sizes: Vec<(u8, u32)>,
    keep: u16,
}

fn damages() -> impl Strategy<Value = Damage> {
    let size = prop_oneof![0..200_u32, any::<u32>(), Just(u32::MAX), Just(0)];
    let keep = prop_oneof![3 => Just(u16::MAX), 1 => any::<u16>()];
    (
        vec((any::<u16>(), any::<u8>()), 0..6),
        vec((any::<u8>(), size), 0..2),
        keep,
    )
        .prop_map(|(flips, sizes, keep)| Damage { flips, sizes, keep })
}

impl Damage {
    fn apply(&self, format: Format, chunk: &mut Vec<u8>) {
        let (at, layers) = format.sizes();
        for (layer, size) in &self.sizes {
            let at = at + usize::from(*layer) % layers * 4;
            chunk[at..at + 4].copy_from_slice(&size.to_le_bytes());
        }
        let length = chunk.len();
        for (place, byte) in &self.flips {
            chunk[usize::from(*place) * length / 0x1_0000] ^= byte;
        }
        if self.keep < u16::MAX {
            chunk.truncate(usize::from(self.keep) * length / 0x1_0000);
        }
    }
}

/// The layers of a chunk, if it is whole.
fn parts(format: Format, chunk: &[u8]) -> Option<Vec<&[u8]>> {
    let (at, layers) = format.sizes();
    let mut rest = chunk.get(at + 4 * layers..)?;
    let mut parts = Vec::new();
    for size in chunk[at..at + 4 * layers].chunks(4) {
        let size = u32::from_le_bytes(size.try_into().expect("4 bytes"));
        let (part, others) = rest.split_at_checked(size as usize)?;
        parts.push(part);
        rest = others;
    }
    Some(parts)
}

/// Whether `laz` can be asked: it allocates as much as sizes say, and recurses once for each switch of times, of which a
/// damaged layer can have billions. It is not damaged if it is one of `whole`.
fn is_fit_for_laz(format: Format, chunk: &[u8], whole: &[&[u8]], is_read: bool) -> bool {
    parts(format, chunk).is_some_and(|parts| is_read || whole.contains(&parts[TIMES]))
}

/// The layer of GPS times, among the layers in their order.
const TIMES: usize = 8;

/// Stack for as many switches as a layer can have that `ept-laz` reads.
const STACK: usize = 256 << 20;

fn check(format: Format, chunk: &[u8], times: &[&[u8]], points: usize, blocks: &[usize]) {
    let mut decoder = format.decoder();
    let found = read(&mut decoder, format, chunk, points, blocks);
    // `laz` reads on in codes that no encoder writes.
    let is_damaged = found == Err(Error::Damaged);
    if is_damaged || !is_fit_for_laz(format, chunk, times, found.is_ok()) {
        return;
    }
    let (wanted, end) = std::thread::scope(|scope| {
        let laz = std::thread::Builder::new().stack_size(STACK);
        let reading = laz.spawn_scoped(scope, || laz_until(format, chunk, points, Layers::ALL));
        reading.expect("a thread").join().expect("no panic")
    });
    let whole = wanted.len() / format.size();
    match end {
        End::Points => assert!(found.is_ok_and(|found| found == wanted)),
        End::Error => assert!(found.is_err(), "laz reads {whole} of {points}"),
        End::Panic => {}
    }
    // A decoder that failed can read another chunk.
    let found = read(&mut decoder, format, chunk, whole, blocks);
    let is_damaged = found == Err(Error::Damaged);
    assert!(whole == 0 || is_damaged || found.is_ok_and(|found| found == wanted));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_chunks(
        format in formats(),
        recipe in Recipe::strategy(1..400_usize),
        damage in damages(),
        blocks in vec(1..300_usize, 1..4),
    ) {
        let mut chunk = compress(format, &recipe.records(format));
        let whole = chunk.clone();
        let times = parts(format, &whole).expect("a whole chunk")[TIMES];
        damage.apply(format, &mut chunk);
        check(format, &chunk, &[times], recipe.points, &blocks);
    }

    #[test]
    fn noise(
        format in formats(),
        sizes in vec(prop_oneof![Just(0), 4..200_u32], 16),
        first in vec(any::<u8>(), 75),
        noise in vec(any::<u8>(), 2000),
        mask in prop_oneof![Just((255, 0)), Just((1, 0)), Just((255, 254))],
    ) {
        let (_, layers) = format.sizes();
        let mut chunk = first[..format.size()].to_vec();
        chunk.extend([0; 4]);
        sizes[..layers].iter().for_each(|size| chunk.extend(size.to_le_bytes()));
        let (and, or) = mask;
        let length: u32 = sizes[..layers].iter().sum();
        chunk.extend(noise.iter().cycle().take(length as usize).map(|byte| byte & and | or));
        check(format, &chunk, &[&[]], 300, &[300]);
        check(format, &chunk, &[&[]], 3, &[1]);
    }
}

#[test]
fn empty_chunks_are_truncated() {
    let mut decoder = Format(6, 0, 3).decoder();
    assert!(decoder.begin(&[]).is_err());
    assert!(decoder.begin(&[0; 30]).is_err());
    assert!(decoder.begin(&[0; 34 + 36]).is_ok());
}

/// `laz` takes the last symbol of each model from a code that starts so.
#[test]
fn a_code_outside_its_interval_is_damaged() {
    let format = Format(6, 0, 3);
    let (at, _) = format.sizes();
    let mut chunk = vec![0; at + 36];
    chunk[at..at + 4].copy_from_slice(&4_u32.to_le_bytes());
    chunk.extend([0xff; 4]);
    let mut decoder = format.decoder();
    assert_eq!(decoder.begin(&chunk).unwrap_err(), Error::Damaged);
    if let Some(last) = chunk.last_mut() {
        *last = 0xfe;
    }
    assert!(decoder.begin(&chunk).is_ok());
}
