//! The walk over the tree, held against a search of all its nodes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use ept_format::{Bounds, FormatError, Key, Metadata, Node, Page, Policy, Region, Step, Walk};
use proptest::prelude::*;

/// Depth of the random trees.
const DEPTH: u32 = 5;
/// Side of their cube; cells of every depth have whole sides.
const SIDE: f64 = 64.0;
/// Step of their coordinates.
const QUANTUM: f64 = 0.5;

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

fn cube() -> Bounds {
    Bounds::new([0.0; 3], [SIDE; 3]).unwrap()
}

fn metadata() -> Metadata {
    let axis = |name: &str| {
        format!(r#"{{"name": "{name}", "type": "signed", "size": 4, "scale": {QUANTUM}}}"#)
    };
    let schema = ["X", "Y", "Z"].map(axis).join(", ");
    let text = format!(
        r#"{{"bounds": [0, 0, 0, {SIDE}, {SIDE}, {SIDE}], "span": 8, "dataType": "binary",
        "schema": [{schema}]}}"#
    );
    Metadata::from_json(text.as_bytes()).unwrap()
}

fn page(entries: &[(&str, i64)]) -> Page {
    let entries: Vec<String> = entries
        .iter()
        .map(|(k, n)| format!("\"{k}\": {n}"))
        .collect();
    Page::from_json(format!("{{{}}}", entries.join(", ")).as_bytes()).unwrap()
}

/// A cell by its definition, worked out without the library; exact for this cube.
fn cell(key: Key) -> ([f64; 3], [f64; 3]) {
    let side = SIDE / f64::from(1 << key.depth());
    let min = [key.x(), key.y(), key.z()].map(|i| f64::from(i) * side);
    (min, min.map(|edge| edge + side))
}

/// Whether points of a node may lie in the box: its cell and one quantum.
fn is_met(key: Key, bounds: &Bounds) -> bool {
    let (min, max) = cell(key);
    (0..3).all(|axis| {
        min[axis] - QUANTUM <= bounds.max()[axis] && bounds.min()[axis] <= max[axis] + QUANTUM
    })
}

/// A random tree and the pages that it is split in.
#[derive(Debug, Clone)]
struct Tree {
    nodes: BTreeMap<Key, u64>,
    /// Roots of pages; the root of the tree is one of them.
    roots: BTreeSet<Key>,
}

impl Tree {
    /// The root of the page in which a node is listed.
    fn root_of(&self, key: Key) -> Key {
        let mut up = (0..=key.depth()).rev().map(|depth| key.ancestor(depth));
        up.find(|root| self.roots.contains(root)).unwrap()
    }

    /// The text of each page: its nodes, and a pointer to each page right below it.
    fn pages(&self) -> BTreeMap<Key, String> {
        let mut pages: BTreeMap<Key, Vec<String>> =
            self.roots.iter().map(|root| (*root, Vec::new())).collect();
        for (key, points) in &self.nodes {
            let page = pages.get_mut(&self.root_of(*key)).unwrap();
            page.push(format!("\"{key}\": {points}"));
        }
        for root in &self.roots {
            if let Some(parent) = root.parent() {
                let page = pages.get_mut(&self.root_of(parent)).unwrap();
                // In the middle, since pages are in no order.
                page.insert(page.len() / 2, format!("\"{root}\": -1"));
            }
        }
        let text = |entries: Vec<String>| format!("{{{}}}", entries.join(", "));
        pages
            .into_iter()
            .map(|(root, entries)| (root, text(entries)))
            .collect()
    }
}

/// Nodes here and there, with their ancestors or some of them, some with 0 points; and pages here
/// and there, with a node at their root or without.
fn any_tree() -> impl Strategy<Value = Tree> {
    let place = || (0..=DEPTH, any::<[u32; 3]>());
    let node = (place(), 0..4_u64, any::<[bool; 6]>());
    let nodes = prop::collection::vec(node, 0..40);
    let roots = prop::collection::vec((place(), any::<prop::sample::Index>()), 0..12);
    (nodes, roots).prop_map(|(places, roots)| {
        let at = |(depth, [x, y, z]): (u32, [u32; 3])| {
            // Few distinct paths, so that nodes have descendants.
            let last = (1 << depth) - 1;
            Key::new(depth, x & last, y & last & 0b10011, z & last & 0b11000).unwrap()
        };
        let mut nodes = BTreeMap::new();
        for (place, points, keep) in places {
            let key = at(place);
            for (depth, keep) in (0..key.depth()).zip(keep) {
                if keep {
                    let up = key.ancestor(depth);
                    let points = u64::from(up.x() + up.y() * 3 + depth);
                    nodes.entry(up).or_insert(points);
                }
            }
            nodes.insert(key, points);
        }
        let keys: Vec<Key> = nodes.keys().copied().collect();
        let mut roots: BTreeSet<Key> = roots
            .into_iter()
            .map(
                |(place, index)| match keys.is_empty() || place.1[0].is_multiple_of(4) {
                    true => at(place),
                    false => *index.get(&keys),
                },
            )
            .collect();
        roots.insert(Key::ROOT);
        Tree { nodes, roots }
    })
}

/// Boxes whose sides lie on faces of cells, a quantum beside them, or anywhere.
fn any_box() -> impl Strategy<Value = Bounds> {
    let side = || {
        prop_oneof![
            (-8..72_i32).prop_map(f64::from),
            (-160..1440_i32).prop_map(|at| f64::from(at) / 20.0),
            Just(f64::NEG_INFINITY),
            Just(f64::INFINITY),
        ]
    };
    let corner = || [side(), side(), side()];
    let between = |(a, b): ([f64; 3], [f64; 3])| {
        let min = [0, 1, 2].map(|axis| f64::min(a[axis], b[axis]));
        let max = [0, 1, 2].map(|axis| f64::max(a[axis], b[axis]));
        Bounds::new(min, max).unwrap()
    };
    prop_oneof![
        Just(Bounds::EVERYTHING),
        (corner(), corner()).prop_map(between)
    ]
}

/// What a walk gave and asked for.
#[derive(Debug, Default)]
struct Trace {
    nodes: Vec<Node>,
    asked: Vec<Key>,
}

/// Walks to the end. `choices` says when pages are supplied, which of those asked for comes first,
/// and which are lost.
fn walk(
    mut walk: Walk<impl Policy>,
    pages: &BTreeMap<Key, String>,
    choices: &[(bool, usize)],
    lost: impl Fn(Key) -> bool,
) -> Trace {
    let mut trace = Trace::default();
    let mut pending: Vec<Key> = Vec::new();
    let mut choices = choices.iter().cycle();
    for _ in 0..10_000 {
        let step = walk.step().unwrap();
        match step {
            Step::Node(node) => trace.nodes.push(node),
            Step::Load(key) => {
                trace.asked.push(key);
                pending.push(key);
            }
            Step::Wait => assert!(!pending.is_empty(), "it waits for nothing"),
            Step::Done => {
                assert!(pending.is_empty(), "it ended before {pending:?} came");
                return trace;
            }
        }
        let (early, which) = choices.next().unwrap();
        if !pending.is_empty() && (step == Step::Wait || *early) {
            let key = pending.swap_remove(which % pending.len());
            match lost(key) {
                true => walk.lose(key),
                false => {
                    let page = Page::from_json(pages[&key].as_bytes()).unwrap();
                    walk.supply(key, &page).unwrap();
                }
            }
        }
    }
    panic!("the walk does not end");
}

fn any_choices() -> impl Strategy<Value = Vec<(bool, usize)>> {
    prop::collection::vec((any::<bool>(), any::<usize>()), 1..20)
}

fn keys(trace: &Trace) -> Vec<(Key, u64)> {
    trace
        .nodes
        .iter()
        .map(|node| (node.key().unwrap(), node.points))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_region_finds_what_a_search_of_all_nodes_finds(
        tree in any_tree(), bounds in any_box(), depth in 0..=DEPTH + 1, choices in any_choices(),
    ) {
        let region = Region::new(&metadata()).with_bounds(bounds).with_depth(depth);
        let trace = walk(Walk::new(&cube(), region), &tree.pages(), &choices, |_| false);

        // Ascending by depth, x, y, z: the order of the map.
        let is_wanted = |key: Key| key.depth() <= depth && is_met(key, &bounds);
        let expected: Vec<(Key, u64)> = tree.nodes.iter()
            .map(|(key, points)| (*key, *points))
            .filter(|(key, points)| *points > 0 && is_wanted(*key))
            .collect();
        prop_assert_eq!(keys(&trace), expected);
        for node in &trace.nodes {
            let (min, max) = cell(node.key().unwrap());
            prop_assert_eq!(node.cell, Bounds::new(min, max).unwrap());
        }
        // Every page of the region is asked for, no other is, and none twice.
        let mut asked = trace.asked.clone();
        asked.sort_unstable();
        let needed: Vec<Key> = tree.roots.iter().copied().filter(|key| is_wanted(*key)).collect();
        prop_assert_eq!(asked, needed);
    }

    #[test]
    fn a_lost_page_takes_only_its_subtree_along(
        tree in any_tree(), choices in any_choices(), lost in any::<[bool; 5]>(),
    ) {
        let is_lost = |key: Key| lost[(key.x() + key.y() + key.depth()) as usize % 5];
        let trace = walk(Walk::new(&cube(), Region::new(&metadata())), &tree.pages(), &choices, is_lost);

        let is_below_lost = |key: Key| {
            tree.roots.iter().any(|root| root.holds(key) && is_lost(*root))
        };
        let expected: Vec<(Key, u64)> = tree.nodes.iter()
            .map(|(key, points)| (*key, *points))
            .filter(|(key, points)| *points > 0 && !is_below_lost(*key))
            .collect();
        prop_assert_eq!(keys(&trace), expected);
    }

    #[test]
    fn best_first_gives_the_nearest_first(
        tree in any_tree(), choices in any_choices(),
        eye in [-10.0..80.0_f64, -10.0..80.0, -10.0..80.0], reach in 0.0..120.0_f64,
    ) {
        let policy = Nearest { eye, reach };
        let trace = walk(Walk::new(&cube(), policy.clone()), &tree.pages(), &choices, |_| false);

        let distances: Vec<f64> = trace.nodes.iter().map(|node| policy.distance(node.key().unwrap())).collect();
        prop_assert!(distances.is_sorted(), "{distances:?}");
        // The near ones all come; of equal ones the lesser key comes first.
        let mut expected: Vec<(Key, u64)> = tree.nodes.iter()
            .map(|(key, points)| (*key, *points))
            .filter(|(key, points)| *points > 0 && policy.distance(*key) <= reach)
            .collect();
        expected.sort_by(|(a, _), (b, _)| {
            policy.distance(*a).total_cmp(&policy.distance(*b)).then(a.cmp(b))
        });
        prop_assert_eq!(keys(&trace), expected);
        prop_assert!(trace.asked.iter().all(|key| policy.distance(*key) <= reach));
        let distinct: BTreeSet<&Key> = trace.asked.iter().collect();
        prop_assert_eq!(distinct.len(), trace.asked.len());
    }
}

/// Ranks cells by their distance from an eye, as a viewer does.
#[derive(Debug, Clone)]
struct Nearest {
    eye: [f64; 3],
    reach: f64,
}

impl Nearest {
    fn distance(&self, key: Key) -> f64 {
        let (min, max) = cell(key);
        let apart = |axis: usize| self.eye[axis] - self.eye[axis].clamp(min[axis], max[axis]);
        (0..3).map(|axis| apart(axis).powi(2)).sum::<f64>().sqrt()
    }
}

impl Policy for Nearest {
    fn rank(&self, key: Key, _: &Bounds) -> Option<f64> {
        let distance = self.distance(key);
        (distance <= self.reach).then_some(-distance)
    }
}

fn everything() -> Walk<Region> {
    Walk::new(&cube(), Region::new(&metadata()))
}

/// Steps as far as no page is missing; gives the nodes and what came after them.
fn advance<P: Policy>(walk: &mut Walk<P>) -> (Vec<String>, Result<Step, FormatError>) {
    let mut nodes = Vec::new();
    loop {
        match walk.step() {
            Ok(Step::Node(node)) => nodes.push(format!("{} {}", node.name, node.points)),
            other => return (nodes, other),
        }
    }
}

/// Asks for the root page and hands it over.
fn start<P: Policy>(walk: &mut Walk<P>, entries: &[(&str, i64)]) {
    assert_eq!(walk.step(), Ok(Step::Load(Key::ROOT)));
    walk.supply(Key::ROOT, &page(entries)).unwrap();
}

fn entry_at(error: &FormatError) -> Key {
    match error {
        FormatError::Entry { key, .. } => *key,
        other => panic!("{other}"),
    }
}

#[test]
fn the_example_of_the_specification_is_walked() {
    let mut walk = everything();
    start(
        &mut walk,
        &[
            ("0-0-0-0", 65341),
            ("1-0-0-0", 438),
            ("2-0-1-0", 322),
            ("1-0-0-1", 56209),
            ("2-1-1-3", 64020),
            ("3-2-3-6", -1),
            ("3-3-3-7", -1),
            ("1-1-1-1", 2303),
        ],
    );
    // Both pages are asked for before anything waits for them.
    assert_eq!(walk.step(), Ok(Step::Load(key("3-2-3-6"))));
    assert_eq!(walk.step(), Ok(Step::Load(key("3-3-3-7"))));
    let (nodes, then) = advance(&mut walk);
    assert_eq!(
        nodes,
        [
            "0-0-0-0 65341",
            "1-0-0-0 438",
            "1-0-0-1 56209",
            "1-1-1-1 2303",
            "2-0-1-0 322",
            "2-1-1-3 64020",
        ]
    );
    assert_eq!(then, Ok(Step::Wait));
    walk.supply(key("3-3-3-7"), &page(&[("3-3-3-7", 542)]))
        .unwrap();
    assert_eq!(advance(&mut walk), (vec![], Ok(Step::Wait)));
    let other = page(&[("3-2-3-6", 32004), ("4-4-6-12", 1500), ("4-5-6-13", 2400)]);
    walk.supply(key("3-2-3-6"), &other).unwrap();
    let (nodes, then) = advance(&mut walk);
    assert_eq!(
        nodes,
        [
            "3-2-3-6 32004",
            "3-3-3-7 542",
            "4-4-6-12 1500",
            "4-5-6-13 2400"
        ]
    );
    assert_eq!(then, Ok(Step::Done));
    assert_eq!(walk.step(), Ok(Step::Done));
}

#[test]
fn nodes_without_points_are_passed_through() {
    let mut walk = everything();
    start(&mut walk, &[("0-0-0-0", 0), ("1-0-0-0", 0), ("2-0-0-0", 7)]);
    assert_eq!(
        advance(&mut walk),
        (vec!["2-0-0-0 7".into()], Ok(Step::Done))
    );
}

#[test]
fn a_hierarchy_may_lack_its_root() {
    let mut walk = everything();
    start(&mut walk, &[("1-0-0-0", 3), ("3-7-7-7", 4)]);
    let nodes = vec!["1-0-0-0 3".into(), "3-7-7-7 4".into()];
    assert_eq!(advance(&mut walk), (nodes, Ok(Step::Done)));
}

#[test]
fn a_page_may_lack_its_own_root() {
    let mut walk = everything();
    start(&mut walk, &[("0-0-0-0", 1), ("1-0-0-0", -1)]);
    assert_eq!(walk.step(), Ok(Step::Load(key("1-0-0-0"))));
    walk.supply(key("1-0-0-0"), &page(&[("3-0-0-0", 9)]))
        .unwrap();
    let nodes = vec!["0-0-0-0 1".into(), "3-0-0-0 9".into()];
    assert_eq!(advance(&mut walk), (nodes, Ok(Step::Done)));
}

#[test]
fn an_empty_page_ends_there() {
    let mut walk = everything();
    start(&mut walk, &[("1-0-0-0", -1), ("1-1-0-0", 2)]);
    assert_eq!(walk.step(), Ok(Step::Load(key("1-0-0-0"))));
    walk.supply(key("1-0-0-0"), &Page::default()).unwrap();
    assert_eq!(
        advance(&mut walk),
        (vec!["1-1-0-0 2".into()], Ok(Step::Done))
    );
    let mut walk = everything();
    start(&mut walk, &[]);
    assert_eq!(walk.step(), Ok(Step::Done));
}

#[test]
fn a_page_that_points_to_itself_is_refused() {
    let mut walk = everything();
    assert_eq!(walk.step(), Ok(Step::Load(Key::ROOT)));
    let error = walk
        .supply(Key::ROOT, &page(&[("0-0-0-0", -1)]))
        .unwrap_err();
    assert_eq!(entry_at(&error), Key::ROOT);
    assert_eq!(walk.step(), Ok(Step::Done));

    let mut walk = everything();
    start(&mut walk, &[("0-0-0-0", 1), ("2-1-1-1", -1)]);
    assert_eq!(walk.step(), Ok(Step::Load(key("2-1-1-1"))));
    let itself = page(&[("2-1-1-1", -1), ("3-2-2-2", 5)]);
    let error = walk.supply(key("2-1-1-1"), &itself).unwrap_err();
    assert_eq!(entry_at(&error), key("2-1-1-1"));
    // What does not depend on it still comes.
    assert_eq!(
        advance(&mut walk),
        (vec!["0-0-0-0 1".into()], Ok(Step::Done))
    );
}

#[test]
fn an_entry_outside_of_its_page_is_refused() {
    for outside in ["1-0-0-1", "0-0-0-0", "2-3-3-3", "3-2-0-0"] {
        let mut walk = everything();
        start(&mut walk, &[("0-0-0-0", 1), ("2-0-0-0", -1)]);
        assert_eq!(walk.step(), Ok(Step::Load(key("2-0-0-0"))));
        let error = walk
            .supply(
                key("2-0-0-0"),
                &page(&[("2-0-0-0", 5), ("3-0-0-0", 6), (outside, 2)]),
            )
            .unwrap_err();
        assert_eq!(entry_at(&error), key(outside));
        assert!(error.to_string().contains("2-0-0-0"), "{error}");
    }
}

#[test]
fn two_pages_may_list_a_node_alike() {
    // The upper page lists a node below the lower one's root, in either order of arrival.
    let mut walk = everything();
    start(
        &mut walk,
        &[("1-0-0-0", -1), ("2-0-0-0", 5), ("2-2-2-2", 4)],
    );
    assert_eq!(walk.step(), Ok(Step::Load(key("1-0-0-0"))));
    assert_eq!(walk.step(), Ok(Step::Wait));
    walk.supply(key("1-0-0-0"), &page(&[("1-0-0-0", 3), ("2-0-0-0", 5)]))
        .unwrap();
    let nodes = vec!["1-0-0-0 3".into(), "2-0-0-0 5".into(), "2-2-2-2 4".into()];
    assert_eq!(advance(&mut walk), (nodes, Ok(Step::Done)));
}

#[test]
fn two_pages_that_disagree_about_a_node_are_refused() {
    let mut walk = everything();
    start(&mut walk, &[("1-0-0-0", -1), ("2-0-0-0", 5)]);
    assert_eq!(walk.step(), Ok(Step::Load(key("1-0-0-0"))));
    walk.supply(key("1-0-0-0"), &page(&[("2-0-0-0", 6)]))
        .unwrap();
    let (_, then) = advance(&mut walk);
    let error = then.unwrap_err();
    assert_eq!(entry_at(&error), key("2-0-0-0"));
    let text = error.to_string();
    assert!(text.contains('5') && text.contains('6'), "{text}");
}

#[test]
fn two_pages_that_point_to_one_page_load_it_once() {
    let mut walk = everything();
    start(&mut walk, &[("1-0-0-0", -1), ("2-0-0-0", -1)]);
    assert_eq!(walk.step(), Ok(Step::Load(key("1-0-0-0"))));
    assert_eq!(walk.step(), Ok(Step::Load(key("2-0-0-0"))));
    walk.supply(key("2-0-0-0"), &page(&[("2-0-0-0", 8)]))
        .unwrap();
    walk.supply(key("1-0-0-0"), &page(&[("1-0-0-0", 3), ("2-0-0-0", -1)]))
        .unwrap();
    let nodes = vec!["1-0-0-0 3".into(), "2-0-0-0 8".into()];
    assert_eq!(advance(&mut walk), (nodes, Ok(Step::Done)));
}

#[test]
fn a_lost_root_leaves_nothing() {
    let mut walk = everything();
    assert_eq!(walk.step(), Ok(Step::Load(Key::ROOT)));
    assert_eq!(walk.step(), Ok(Step::Wait));
    walk.lose(Key::ROOT);
    assert_eq!(walk.step(), Ok(Step::Done));
}

#[test]
fn a_region_outside_of_the_cube_asks_for_nothing() {
    let far = Bounds::new([SIDE + QUANTUM + 0.01; 3], [100.0; 3]).unwrap();
    let mut walk = Walk::new(&cube(), Region::new(&metadata()).with_bounds(far));
    assert_eq!(walk.step(), Ok(Step::Done));
    // A point may lie one quantum outside of the cube.
    let near = Bounds::new([SIDE + QUANTUM; 3], [100.0; 3]).unwrap();
    let mut walk = Walk::new(&cube(), Region::new(&metadata()).with_bounds(near));
    assert_eq!(walk.step(), Ok(Step::Load(Key::ROOT)));
}

#[test]
fn the_conforming_bounds_cull_nothing() {
    let text = r#"{"bounds": [0, 0, 0, 64, 64, 64], "boundsConforming": [0, 0, 0, 1, 1, 1],
        "span": 8, "dataType": "laszip", "schema": []}"#;
    let metadata = Metadata::from_json(text.as_bytes()).unwrap();
    let area = Bounds::new([40.0; 3], [50.0; 3]).unwrap();
    let mut walk = Walk::new(metadata.bounds(), Region::new(&metadata).with_bounds(area));
    start(&mut walk, &[("0-0-0-0", 1), ("1-1-1-1", 2), ("1-0-0-0", 3)]);
    let nodes = vec!["0-0-0-0 1".into(), "1-1-1-1 2".into()];
    assert_eq!(advance(&mut walk), (nodes, Ok(Step::Done)));
}

#[test]
fn the_deepest_nodes_are_reached() {
    let deepest = format!("31-{0}-{0}-{0}", (1_u32 << 31) - 1);
    let mut walk = everything();
    start(&mut walk, &[(&deepest, 6)]);
    assert_eq!(
        advance(&mut walk),
        (vec![format!("{deepest} 6")], Ok(Step::Done))
    );
}

/// Ranks that are equal as numbers, though not in their bits.
struct Zeros;

impl Policy for Zeros {
    fn rank(&self, key: Key, _: &Bounds) -> Option<f64> {
        Some(if key.x().is_multiple_of(2) { -0.0 } else { 0.0 })
    }
}

#[test]
fn a_negative_zero_ranks_as_a_zero() {
    let mut walk = Walk::new(&cube(), Zeros);
    start(
        &mut walk,
        &[
            ("0-0-0-0", 1),
            ("1-0-0-0", 2),
            ("1-1-0-0", 3),
            ("2-0-0-0", 4),
        ],
    );
    let nodes = ["0-0-0-0 1", "1-0-0-0 2", "1-1-0-0 3", "2-0-0-0 4"];
    let nodes = nodes.map(str::to_owned).to_vec();
    assert_eq!(advance(&mut walk), (nodes, Ok(Step::Done)));
}
