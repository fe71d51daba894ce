//! Tiles cut off and changed at random.

use crate::common;

use ept_points::Decoder;

use common::{File, Fixture, Random, Storage, laszip};

use super::{confined, decode, places, u32_at};

const LAZ: [&str; 7] = [
    "laz-pf0", "laz-pf1", "laz-pf2", "laz-pf3", "laz-pf6", "laz-pf7", "laz-pf8",
];

#[test]
fn a_tile_cut_off_anywhere_is_an_error_or_whole() {
    confined(
        "mutations::a_tile_cut_off_anywhere_is_an_error_or_whole",
        || {
            for name in LAZ.into_iter().chain(["zstandard", "binary"]) {
                let fixture = Fixture::named(name);
                let (points, tile) = fixture.largest();
                let decoder = Decoder::new(&fixture.metadata);
                let whole = decoder.decode(points, &tile).unwrap();
                let stride = (tile.len() / 500).max(1);
                let header = 0..tile.len().min(500);
                for end in header.step_by(3).chain((500..tile.len()).step_by(stride)) {
                    // The last bytes of a table or chunk may be padding of the coder.
                    if let Ok(batch) = decoder.decode(points, &tile[..end]) {
                        assert!(batch == whole, "{name} cut to {end} of {}", tile.len());
                        assert!(
                            end + 8 > tile.len(),
                            "{name} cut to {end} of {}",
                            tile.len()
                        );
                    }
                }
            }
        },
    );
}

/// A tile with some of its bytes changed, most often those that size or place something.
fn mutated(tile: &[u8], sensitive: &[usize], random: &mut Random) -> Vec<u8> {
    let mut tile = tile.to_vec();
    for _ in 0..1 + random.below(3) {
        let at = match random.below(4) {
            0 => random.below(tile.len()),
            _ => sensitive[random.below(sensitive.len())],
        };
        let value = match random.below(6) {
            0 => 0,
            1 => 0xff,
            2 => 0x7f,
            3 => tile[at].wrapping_add(1),
            4 => tile[at] ^ 1 << random.below(8),
            _ => random.next() as u8,
        };
        let width = [1, 1, 2, 4, 8][random.below(5)].min(tile.len() - at);
        tile[at..at + width].fill(value);
    }
    tile
}

/// Decodes mutations of a tile: by the hierarchy's count, and by that of the header.
fn mutate(name: &str, count: usize) {
    let fixture = Fixture::named(name);
    let (points, tile) = fixture.largest();
    let (start, table) = places(&tile);
    let layers = start + 8 + usize::from(u16::from_le_bytes([tile[105], tile[106]]));
    let sensitive: Vec<usize> = (94..247)
        .chain(247..255.min(start))
        .chain(227..start)
        .chain(start..start + 8)
        .chain(layers..layers + 60)
        .chain(table..tile.len())
        .collect();
    let mut random = Random(name.len() as u64 ^ u64::from(tile[107]));
    let mut errors = 0;
    for _ in 0..count {
        let tile = mutated(&tile, &sensitive, &mut random);
        errors += usize::from(decode(&fixture.metadata, points, &tile).is_err());
        let mut claimed = u32_at(&tile, 107) as u64;
        if tile[25] == 4 {
            claimed = claimed.max(u64::from_le_bytes(tile[247..255].try_into().unwrap()));
        }
        if claimed != points {
            let _ = decode(&fixture.metadata, claimed, &tile);
        }
    }
    assert!(
        errors > count / 5,
        "{name}: {errors} of {count} mutations were noticed"
    );
}

#[test]
fn mutations_of_point_formats_0_to_3_do_no_harm() {
    confined(
        "mutations::mutations_of_point_formats_0_to_3_do_no_harm",
        || {
            for name in &LAZ[..4] {
                mutate(name, 1000);
            }
        },
    );
}

#[test]
fn mutations_of_point_formats_6_to_8_do_no_harm() {
    confined(
        "mutations::mutations_of_point_formats_6_to_8_do_no_harm",
        || {
            for name in &LAZ[4..] {
                mutate(name, 600);
            }
        },
    );
}

#[test]
fn mutations_of_waveform_formats_do_no_harm() {
    confined(
        "mutations::mutations_of_waveform_formats_do_no_harm",
        || {
            for format in [4, 5, 9, 10] {
                let tile = File::new(format, 60).stored(Storage::Fixed(25)).build();
                let sensitive: Vec<usize> = (94..tile.len()).collect();
                let mut random = Random(u64::from(format));
                for _ in 0..250 {
                    let tile = mutated(&tile, &sensitive, &mut random);
                    let _ = decode(&laszip(), 60, &tile);
                }
            }
        },
    );
}

#[test]
fn mutations_of_zstandard_do_no_harm() {
    confined("mutations::mutations_of_zstandard_do_no_harm", || {
        let fixture = Fixture::named("zstandard");
        let (points, tile) = fixture.largest();
        let header: Vec<usize> = (0..18).collect();
        let mut random = Random(9);
        for _ in 0..3000 {
            let tile = mutated(&tile, &header, &mut random);
            let _ = decode(&fixture.metadata, points, &tile);
        }
    });
}
