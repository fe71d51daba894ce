//! `ept picture`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Run, copy, ept, fixture};

/// Red for what was lost, brown for the class of the ground.
const RED: [u8; 3] = [225, 20, 20];
const GROUND: [u8; 3] = [170, 121, 66];
const WHITE: [u8; 3] = [255; 3];

/// A decoded picture.
struct Image {
    size: [u32; 2],
    pixels: Vec<[u8; 3]>,
}

impl Image {
    fn of(file: Vec<u8>) -> Image {
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut bytes).unwrap();
        Image {
            size: [reader.info().width, reader.info().height],
            pixels: bytes.as_chunks().0.to_vec(),
        }
    }

    fn read(path: &Path) -> Image {
        Image::of(std::fs::read(path).unwrap())
    }

    fn at(&self, x: u32, y: u32) -> [u8; 3] {
        self.pixels[(y * self.size[0] + x) as usize]
    }

    fn count(&self, color: [u8; 3]) -> usize {
        self.pixels.iter().filter(|pixel| **pixel == color).count()
    }
}

/// Draws with these flags. Returns the run, the picture if there is one, and the folder.
fn draw(location: &str, flags: &[&str], code: i32) -> (Run, Option<Image>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.png");
    let start = ["picture", location, "-o", path.to_str().unwrap()];
    let run = ept(&[&start[..], flags].concat()).ends_with(code);
    let picture = path.exists().then(|| Image::read(&path));
    // Nothing else is left.
    let left = folder.path().read_dir().unwrap().count();
    assert_eq!(left, usize::from(picture.is_some()));
    (run, picture, folder)
}

#[test]
fn pictures_are_the_same_on_any_number_of_threads() {
    let terrain = fixture("terrain");
    for flags in [&["--from", "3d"][..], &["--color", "class", "--legend"]] {
        let file = |threads: &str| {
            let flags = [flags, &["--threads", threads, "-q"]].concat();
            let (.., folder) = draw(&terrain, &flags, 0);
            std::fs::read(folder.path().join("picture.png")).unwrap()
        };
        let one = file("1");
        assert!(one == file("4") && one == file("2"), "{flags:?}");
        assert_eq!(Image::of(one).size, [1200, 800]);
    }
}

#[test]
fn a_map_has_the_points_where_they_are() {
    // A square of 128 m, one pixel a decimetre: points are discs, with the colour of their class in their middle.
    let terrain = fixture("terrain");
    let area = ["--bounds", "500128,4650128,500256,4650256"];
    let flags = ["--color", "class", "--size", "100x100", "--json", "-q"];
    let (run, picture, _folder) = draw(&terrain, &[&area[..], &flags].concat(), 0);
    let told = run.json();
    // A small picture has the points only, and the area fills it.
    assert_eq!(told["picture"]["shown"][0], 500_128.0);
    assert_eq!(told["picture"]["shown"][4], 4_650_256.0);
    let query = [
        &["query", &terrain, "--dims", "X,Y,Z,Classification", "-q"],
        &area[..],
    ]
    .concat();
    let rows = ept(&query).ends_with(0).stdout();
    let rows: Vec<Vec<f64>> = rows
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|n| n.parse().unwrap()).collect())
        .collect();
    assert_eq!(told["points"], rows.len());
    let picture = picture.unwrap();
    // The highest point of the picture is seen whole.
    let highest = rows.iter().max_by(|a, b| a[2].total_cmp(&b[2])).unwrap();
    let x = ((highest[0] - 500_128.0) / 1.28) as u32;
    let y = ((4_650_256.0 - highest[1]) / 1.28) as u32;
    let expected = ept_scene::class_color(highest[3] as u8);
    assert_eq!(picture.at(x, y), expected);
    // Each class that is seen at all has points.
    let classes: Vec<u8> = rows.iter().map(|row| row[3] as u8).collect();
    for class in 0..=255 {
        let color = ept_scene::class_color(class);
        assert!(
            picture.count(color) == 0
                || classes.iter().any(|c| ept_scene::class_color(*c) == color)
        );
    }
    assert!(picture.count(GROUND) > 1000 && picture.count(WHITE) < 1000);
}

#[test]
fn the_depth_is_what_the_picture_can_show() {
    let terrain = fixture("terrain");
    // Spacing is 16 m at depth 0. At 80 pixels for 508 m a pixel is 6.35 m, at 4 m and depth 2.
    let depth = |flags: &[&str]| {
        let (run, ..) = draw(&terrain, &[flags, &["--json", "-q"]].concat(), 0);
        run.json()["picture"]["depth"].as_u64().unwrap()
    };
    assert_eq!(depth(&["--size", "80x80"]), 2);
    assert_eq!(depth(&["--size", "80x80", "--depth", "1"]), 1);
    assert_eq!(depth(&["--size", "80x80", "--depth", "4"]), 2);
    assert_eq!(depth(&["--size", "40x40", "--resolution", "16"]), 0);
    assert_eq!(
        depth(&["--size", "80x80", "--from", "3d", "--depth", "1"]),
        1
    );
}

#[test]
fn losses_are_red() {
    let dataset = copy("terrain");
    let location = dataset.path().to_str().unwrap();
    let lost = "3-2-5-4";
    std::fs::remove_file(dataset.path().join(format!("ept-data/{lost}.laz"))).unwrap();
    let (run, picture, _) = draw(location, &["-q"], 1);
    assert!(run.stderr().contains(lost) && picture.is_none());
    for from in ["top", "3d"] {
        let flags = ["--on-error", "skip", "--from", from];
        let (run, picture, _folder) = draw(location, &flags, 3);
        assert!(run.stderr().contains(lost), "{}", run.stderr());
        let picture = picture.unwrap();
        assert!(picture.count(RED) > 200);
        let (.., whole, _folder) = draw(&fixture("terrain"), &["--from", from, "-q"], 0);
        assert_eq!(whole.unwrap().count(RED), 0);
    }
    // The cell is an eighth of 512 m wide: its edges are where it is.
    let area = "500000,4650000,500512,4650512";
    let flags = [
        "--on-error",
        "skip",
        "--size",
        "80x80",
        "--bounds",
        area,
        "-q",
        "--depth",
        "3",
    ];
    let flags = [&flags[..], &["--resolution", "2"][..0]].concat();
    let (_, picture, _folder) = draw(location, &flags, 0);
    // At 80 pixels depth 3 is not needed, so nothing is lost.
    assert_eq!(picture.unwrap().count(RED), 0);
}

#[test]
fn empty_areas_give_empty_pictures_and_the_reason() {
    let terrain = fixture("terrain");
    for flags in [
        &["--bounds", "0,0,10,10"][..],
        &["--where", "Classification == 99"],
        &["--bounds", "0,0,10,10", "--nodes"],
        &["--bounds", "0,0,10,10", "--from", "3d"],
    ] {
        let flags = [flags, &["--size", "300x200"]].concat();
        let (run, picture, _folder) = draw(&terrain, &flags, 0);
        assert!(run.stderr().contains("nothing found: "), "{}", run.stderr());
        let picture = picture.unwrap();
        assert_eq!(picture.size, [300, 200]);
        assert!(picture.count(WHITE) > 300 * 200 * 8 / 10);
    }
}

#[test]
fn sizes_are_checked_before_anything_is_read() {
    let terrain = fixture("terrain");
    let (_, picture, _folder) = draw(&terrain, &["--size", "1x1", "-q"], 0);
    assert_eq!(picture.unwrap().size, [1, 1]);
    for size in [
        "0x5",
        "5x0",
        "1000000000x1",
        "16384x16384",
        "5",
        "axb",
        "-3x4",
    ] {
        let (run, picture, _) = draw("/nowhere", &["--size", size], 2);
        assert!(
            picture.is_none() && run.stderr().contains("size"),
            "{}",
            run.stderr()
        );
    }
}

#[test]
fn wrong_flags_are_refused() {
    let terrain = fixture("terrain");
    for (flags, word) in [
        (&["--color", "red"][..], "height"),
        (&["--from", "below"], "top"),
        (&["--nodes", "--from", "3d"], "--nodes"),
        (&["--dims", "X"], "--color"),
    ] {
        let (run, picture, _) = draw(&terrain, flags, 2);
        assert!(
            picture.is_none() && run.stderr().contains(word),
            "{}",
            run.stderr()
        );
    }
    // A dimension that the dataset lacks.
    let (run, picture, _) = draw(&fixture("laz-pf0"), &["--color", "rgb"], 1);
    assert!(
        picture.is_none() && run.stderr().contains("Red"),
        "{}",
        run.stderr()
    );
}

#[test]
fn standard_output_has_the_same_picture() {
    let terrain = fixture("terrain");
    let flags = ["--size", "200x150", "-q"];
    let (.., folder) = draw(&terrain, &flags, 0);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ept"));
    command.args(["picture", &terrain, "-o", "-"]).args(flags);
    let output = command.output().unwrap();
    assert!(output.status.success());
    assert!(output.stdout == std::fs::read(folder.path().join("picture.png")).unwrap());
    let run = ept(&["picture", &terrain, "-o", "-", "--json"]).ends_with(2);
    assert!(run.stdout().is_empty());
}

#[test]
fn nodes_are_drawn_without_their_points() {
    let dataset = copy("terrain");
    std::fs::remove_dir_all(dataset.path().join("ept-data")).unwrap();
    let location = dataset.path().to_str().unwrap();
    let area = [
        "--bounds",
        "500100,4650100,500300,4650300",
        "--resolution",
        "2",
    ];
    let flags = [&area[..], &["--nodes", "--legend", "--json", "-q"]].concat();
    let (run, picture, folder) = draw(location, &flags, 0);
    let listed = ept(&[&["nodes", location, "-q"], &area[..]].concat()).ends_with(0);
    let keys: Vec<String> = listed
        .stdout()
        .lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|key| key.split('-').count() == 4)
        .collect();
    assert_eq!(run.json()["nodes"], keys.len());
    let deepest = keys
        .iter()
        .map(|key| key.split('-').next().unwrap())
        .max()
        .unwrap();
    let deepest: u32 = deepest.parse().unwrap();
    let picture = picture.unwrap();
    for depth in 2..=deepest {
        assert!(
            picture.count(ept_scene::depth_color(depth, deepest)) > 100,
            "{depth}"
        );
    }
    // The plan draws the same.
    let plan = folder.path().join("plan.png");
    let flags = [
        &["plan", location, "--picture", plan.to_str().unwrap(), "-q"],
        &area[..],
    ]
    .concat();
    ept(&flags).ends_with(0);
    assert!(Image::read(&plan).pixels == picture.pixels);
}

/// How far a place is outside of a square with this corner and edge.
fn beyond(place: [f64; 2], corner: [f64; 2], edge: f64) -> f64 {
    let [x, y] =
        [0, 1].map(|i| f64::max(corner[i] - place[i], place[i] - corner[i] - edge).max(0.0));
    x.hypot(y)
}

#[test]
fn the_edge_of_a_buffer_is_a_line() {
    let terrain = fixture("terrain");
    let area = [
        "--bounds",
        "500200,4650200,500300,4650300",
        "--buffer",
        "30m",
    ];
    let flags = ["--nodes", "--size", "100x100", "--json", "-q"];
    let (run, picture, folder) = draw(&terrain, &[&area[..], &flags].concat(), 0);
    let shown = run.json()["picture"]["shown"].clone();
    let side = |at: usize| shown[at].as_f64().unwrap();
    let pixel = (side(3) - side(0)) / 100.0;
    assert!((side(4) - side(1) - 100.0 * pixel).abs() < 1e-4, "{shown}");
    let picture = picture.unwrap();
    let ink = [40, 40, 40];
    let mut pixels = 0;
    for (x, y) in (0..100).flat_map(|x| (0..100).map(move |y| (x, y))) {
        let place = [
            side(0) + (f64::from(x) + 0.5) * pixel,
            side(4) - (f64::from(y) + 0.5) * pixel,
        ];
        // The scale in the middle of a zone is 0.9996.
        let off = (beyond(place, [500_200.0, 4_650_200.0], 100.0) - 30.0 * 0.9996) / pixel;
        let is_ink = picture.at(x, y) == ink;
        assert!(is_ink || off.abs() > 0.3, "{x} {y}: {off}");
        assert!(!is_ink || off.abs() < 1.0, "{x} {y}: {off}");
        pixels += usize::from(is_ink);
    }
    assert!(pixels > 200);
    // The plan draws the same.
    let plan = folder.path().join("plan.png");
    let flags = ["plan", &terrain, "--picture", plan.to_str().unwrap(), "-q"];
    ept(&[&flags[..], &area].concat()).ends_with(0);
    let plan = Image::read(&plan);
    assert!(plan.count(ink) > 1000 && plan.count(ink) < 20_000);
}

#[test]
fn files_without_an_octree_have_pictures_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("part.laz");
    let file = file.to_str().unwrap();
    let area = ["--bounds", "500100,4650100,500300,4650300"];
    ept(&[&["query", &fixture("terrain"), "-o", file, "-q"], &area[..]].concat()).ends_with(0);
    for flags in [
        &["--color", "class"][..],
        &["--color", "class", "--from", "3d"],
    ] {
        let (run, picture, _folder) = draw(file, &[flags, &["--json", "-q"]].concat(), 0);
        assert!(run.json()["picture"]["depth"].is_null());
        let picture = picture.unwrap();
        let brown = picture.pixels.iter().filter(|[r, g, b]| {
            // Shadows keep the hue.
            let hue = |a: u8, b: u8| (f64::from(a) / f64::from(b.max(1)) * 100.0).round() / 100.0;
            (hue(*r, *g) - 170.0 / 121.0).abs() < 0.05 && (hue(*g, *b) - 121.0 / 66.0).abs() < 0.08
        });
        assert!(brown.count() > 100_000);
    }
}
