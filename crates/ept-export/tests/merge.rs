//! Files of several parts: they are what one sink writes of all points.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};

use ept_export::{CopcOptions, ExportError, LazPart, merge_laz};
use ept_points::{PointBatch, Scaling};
use proptest::prelude::*;

use crate::common::{self, File, Full, read};
use crate::copc::{Node, options, tree, write};

fn part(file: &[u8]) -> LazPart {
    LazPart::read(&mut Cursor::new(file)).unwrap()
}

fn merged(
    files: &[Vec<u8>],
    keeps_octree: bool,
    note: Option<&str>,
) -> Result<Vec<u8>, ExportError> {
    let parts: Vec<LazPart> = files.iter().map(|file| part(file)).collect();
    let mut out = File::default();
    let open = |index: usize| Ok(Cursor::new(&files[index][..]));
    let points = merge_laz(&parts, open, keeps_octree, note, &mut out)?;
    assert_eq!(points, parts.iter().map(LazPart::points).sum::<u64>());
    Ok(out.contents())
}

/// Divides nodes before these numbers, into parts that may be empty.
fn divided<'a>(nodes: &'a [Node], at: &[usize]) -> Vec<&'a [Node]> {
    let mut at: Vec<usize> = at.iter().map(|at| at % (nodes.len() + 1)).collect();
    at.sort_unstable();
    let mut start = 0;
    let mut parts = Vec::new();
    for end in at.into_iter().chain([nodes.len()]) {
        parts.push(&nodes[start..end]);
        start = end;
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn copc_of_parts_is_byte_for_byte_that_of_all_nodes(
        format in prop::sample::select(vec![1_u8, 3, 6, 7, 8]),
        at in prop::collection::vec(0..9_usize, 0..4),
    ) {
        let nodes = tree(format);
        let files: Vec<Vec<u8>> = divided(&nodes, &at).iter().map(|nodes| write(options(), nodes).unwrap()).collect();
        prop_assert_eq!(merged(&files, true, None).unwrap(), write(options(), &nodes).unwrap());
    }

    #[test]
    fn laz_of_parts_has_the_points_of_all(
        format in prop::sample::select(vec![0_u8, 1, 2, 3, 6, 7, 8]),
        at in prop::collection::vec(0..9_usize, 0..4),
        are_octrees in any::<bool>(),
    ) {
        let nodes = tree(format);
        let laz = |nodes: &[Node]| {
            let batches: Vec<PointBatch> = nodes.iter().map(|(_, batch)| batch.clone()).collect();
            common::write(common::options(true), &batches).unwrap()
        };
        let files = divided(&nodes, &at).into_iter().map(|nodes| match are_octrees {
            true => write(options(), nodes).unwrap(),
            false => laz(nodes),
        });
        let (header, points) = read(&merged(&files.collect::<Vec<_>>(), false, Some("a note")).unwrap());
        let (expected_header, expected) = read(&match are_octrees {
            true => write(options(), &nodes).unwrap(),
            false => laz(&nodes),
        });
        prop_assert_eq!(points.raw_bytes(), expected.raw_bytes());
        prop_assert_eq!(header.bounds(), expected_header.bounds());
        prop_assert_eq!(header.number_of_points(), expected_header.number_of_points());
        for number in 0..16 {
            prop_assert_eq!(
                header.number_of_points_by_return(number),
                expected_header.number_of_points_by_return(number)
            );
        }
        let note = header.evlrs().iter().find(|record| record.user_id == "ept").unwrap();
        prop_assert_eq!(&note.data, b"a note");
        prop_assert!(!header.all_vlrs().any(|record| record.user_id == "copc"));
    }

    #[test]
    fn a_damaged_part_is_refused_or_harmless(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let nodes = tree(7);
        let mut file = write(options(), &nodes[..2]).unwrap();
        for (at, byte) in changes {
            // Beside the points, too.
            let end = file.len();
            let at = at.index(2000.min(end));
            let at = if byte & 1 == 0 { at } else { end - 1 - at };
            file[at] = byte;
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        if let Ok(damaged) = LazPart::read(&mut Cursor::new(&file)) {
            let files = [file, write(options(), &nodes[2..]).unwrap()];
            let parts = [damaged, part(&files[1])];
            let open = |index: usize| Ok(Cursor::new(&files[index][..]));
            let _ = merge_laz(&parts, open, true, None, &mut File::default());
        }
    }
}

#[test]
fn parts_that_store_points_in_different_ways_do_not_fit() {
    let nodes = tree(7);
    let whole = write(options(), &nodes).unwrap();
    let finer = |batch: &PointBatch| {
        let scaling = Scaling {
            scale: [0.001; 3],
            offset: [637_000.0, 851_000.0, 0.0],
        };
        batch.clone().with_storage(Some(scaling), Some(7))
    };
    let finer: Vec<Node> = nodes
        .iter()
        .map(|(key, batch)| (*key, finer(batch)))
        .collect();
    let others = [
        write(options(), &tree(6)).unwrap(),
        write(options(), &finer).unwrap(),
        write(
            CopcOptions {
                wkt: None,
                ..options()
            },
            &nodes,
        )
        .unwrap(),
        write(
            CopcOptions {
                spacing: 8.0,
                ..options()
            },
            &nodes,
        )
        .unwrap(),
        common::write(common::options(true), &[nodes[0].1.clone()]).unwrap(),
    ];
    for other in others {
        assert!(!part(&other).fits(&part(&whole)));
        let error = merged(&[whole.clone(), other], true, None).unwrap_err();
        assert!(error.to_string().contains("in different ways"), "{error}");
    }
}

#[test]
fn a_node_in_two_parts_is_an_error() {
    let nodes = tree(7);
    let file = write(options(), &nodes[..2]).unwrap();
    let error = merged(&[file.clone(), file], true, None).unwrap_err();
    assert!(
        error.to_string().contains("0-0-0-0: it is in two parts"),
        "{error}"
    );
}

#[test]
fn a_full_disk_is_an_error() {
    let file = write(options(), &tree(7)).unwrap();
    let parts = [part(&file)];
    let open = |_| Ok(Cursor::new(&file[..]));
    let mut out = Full::after(3000);
    let error = merge_laz(&parts, open, true, None, &mut out).unwrap_err();
    assert!(matches!(error, ExportError::Io(_)), "{error:?}");
    assert!(out.flush().is_ok());
}
