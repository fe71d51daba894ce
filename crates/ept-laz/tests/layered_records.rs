//! Chunks that the `laz` crate writes are read as it reads them.

mod layered;

use ept_laz::Layers;
use layered::{Format, Recipe, compress, formats, layers, laz, read};
use proptest::collection::vec;
use proptest::prelude::*;

fn check(format: Format, recipes: &[Recipe], blocks: &[usize], layers: Layers) {
    let mut decoder = format.decoder();
    decoder.select(layers);
    for recipe in recipes {
        let chunk = compress(format, &recipe.records(format));
        let wanted = laz(format, &chunk, recipe.points, layers);
        assert_eq!(wanted.len(), recipe.points * format.size());
        let found = read(&mut decoder, format, &chunk, recipe.points, blocks).expect("a chunk");
        let pair = wanted.iter().zip(&found).position(|(a, b)| a != b);
        let place = pair.map(|at| (at / format.size(), at % format.size()));
        assert_eq!(place, None, "record and byte");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn short_chunks_one_after_the_other(
        format in formats(),
        recipes in vec(Recipe::strategy(1..40_usize), 1..6),
        blocks in vec(1..9_usize, 1..4),
    ) {
        check(format, &recipes, &blocks, Layers::ALL);
    }

    #[test]
    fn selections(
        format in formats(),
        recipes in vec(Recipe::strategy(1..600_usize), 1..3),
        blocks in vec(1..300_usize, 1..4),
        bits in any::<u16>(),
    ) {
        check(format, &recipes, &blocks, layers(bits));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_chunks(
        format in formats(),
        recipes in vec(Recipe::strategy(1000..12_000_usize), 1..3),
        blocks in vec(1..3000_usize, 1..8),
    ) {
        check(format, &recipes, &blocks, Layers::ALL);
    }
}

/// Only chunks this long halve counts and have cycles of maximum length.
#[test]
fn the_longest_chunks() {
    for (seed, busy, pace) in [(1, u16::MAX, 1), (2, u16::MAX - 1, 3), (3, 0, 1)] {
        let recipe = Recipe {
            points: 150_000,
            seed,
            busy,
            pace,
        };
        check(Format(10, 2, 3), &[recipe], &[50_000], Layers::ALL);
    }
}
