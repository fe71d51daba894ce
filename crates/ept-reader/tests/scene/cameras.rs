//! Cameras, rays, and tiles for a GPU.

use crate::support;

use ept_reader::{Camera, Query, Ray, Swath, TileCache, View};

use support::open;
use support::stores::Watched;

use super::{IMAGE, above, all_nodes, cache, scene, settled, watched};

#[tokio::test]
async fn a_matrix_is_the_camera_that_it_was_made_of() {
    let dataset = open("terrain").await;
    let nodes = all_nodes(&dataset).await;
    let eye = [500_100.0, 4_650_000.0, 400.0];
    let target = [500_300.0, 4_650_300.0, 300.0];
    let known = Camera::perspective(eye, target, 1.0, IMAGE).unwrap();
    // As graphics libraries make it: right, up, back, near 1 and far 10,000, depth 0 to 1.
    let back = unit([eye[0] - target[0], eye[1] - target[1], eye[2] - target[2]]);
    let right = unit([-back[1], back[0], 0.0]);
    let up = [
        back[1] * right[2] - back[2] * right[1],
        back[2] * right[0] - back[0] * right[2],
        back[0] * right[1] - back[1] * right[0],
    ];
    let of = |axis: [f64; 3], scale: f64, shift: f64| {
        let at: f64 = (0..3).map(|i| axis[i] * eye[i]).sum();
        [
            axis[0] * scale,
            axis[1] * scale,
            axis[2] * scale,
            shift - at * scale,
        ]
    };
    let scale = 1.0 / 0.5_f64.tan();
    let (near, far) = (1.0, 10_000.0);
    let matrix = [
        of(right, scale * IMAGE[1] / IMAGE[0], 0.0),
        of(up, scale, 0.0),
        of(back, far / (near - far), near * far / (near - far)),
        of(back, -1.0, 0.0),
    ];
    let found = Camera::from_matrix(matrix, IMAGE).unwrap();
    for (a, b) in found.eye().unwrap().iter().zip(eye) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
    for node in &nodes {
        assert_eq!(
            found.sees(&node.cell),
            known.sees(&node.cell),
            "{}",
            node.name
        );
        let (a, b) = (found.pixels(1.0, &node.cell), known.pixels(1.0, &node.cell));
        assert!(a == b || (a / b - 1.0).abs() < 1e-4);
    }
    let [x, y, _] = found.project(target).unwrap();
    assert!((x - 400.0).abs() < 1e-3 && (y - 300.0).abs() < 1e-3);
}

fn unit(v: [f64; 3]) -> [f64; 3] {
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    v.map(|x| x / length)
}

#[test]
fn cameras_that_cannot_be() {
    let place = [0.0; 3];
    assert!(Camera::perspective(place, place, 1.0, IMAGE).is_err());
    assert!(Camera::perspective(place, [1.0; 3], 0.0, IMAGE).is_err());
    assert!(Camera::perspective(place, [1.0; 3], 4.0, IMAGE).is_err());
    assert!(Camera::orthographic(place, [1.0; 3], -1.0, IMAGE).is_err());
    assert!(Camera::from_matrix([[0.0; 4]; 4], IMAGE).is_err());
    assert!(Camera::from_matrix([[f64::NAN; 4]; 4], IMAGE).is_err());
    assert!(Camera::perspective(place, [1.0; 3], 1.0, [0.0, 1.0]).is_err());
    // Straight down is a direction like others.
    assert!(Camera::perspective([0.0, 0.0, 9.0], place, 1.0, IMAGE).is_ok());
}

#[tokio::test]
async fn a_ray_picks_the_nearest_point_and_fetches_nothing() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let mut scene = scene(&dataset, &cache());
    for camera in [
        *above(&dataset).camera(),
        Camera::orthographic(
            [500_100.0, 4_650_000.0, 400.0],
            [500_256.0, 4_650_256.0, 300.0],
            400.0,
            IMAGE,
        )
        .unwrap(),
    ] {
        let view = View::new(dataset.frame(), camera).with_min_pixels(0.0);
        let look = settled(&mut scene, &view).await;
        let asked = store.asked().len();
        for pixel in [[400.0, 300.0], [351.0, 222.0], [420.0, 280.0]] {
            let ray = camera.ray(pixel);
            let picked = scene.pick(&ray, 20.0).unwrap();
            let best = look.tiles.iter().flat_map(|tile| {
                (0..tile.points().len()).filter_map(|i| ray.locate(tile.position(i).unwrap()))
            });
            let least = best.map(|[_, pixels]| pixels).fold(f64::INFINITY, f64::min);
            assert_eq!(picked.pixels, least);
            // The ray of a pixel runs through that pixel.
            let [x, y, _] = camera.project(picked.position).unwrap();
            assert!((x - pixel[0]).hypot(y - pixel[1]) < 25.0);
        }
        assert_eq!(store.asked().len(), asked);
    }
    let away = Ray::new([0.0, 0.0, 0.0], [0.0, 0.0, 1.0]);
    assert_eq!(scene.pick(&away, 5.0), None);
}

#[tokio::test]
async fn a_profile_of_what_is_resident_fetches_nothing() {
    let store = Watched::new("terrain");
    let dataset = watched(&store).await;
    let line = "LINESTRING (500010 4650100, 500210 4650300, 500300 4650250)";
    let (line, width) = (line.parse().unwrap(), "6m".parse().unwrap());
    let swath = Swath::new(&line, None, width, dataset.frame()).unwrap();
    let names = ["X", "Y", "Z", "Intensity"];
    let query = Query::new()
        .with_area(swath.area().unwrap())
        .with_dimensions(names);
    let mut expected = Vec::new();
    for tile in support::tiles(&dataset, &query).await {
        let points = swath.profile(tile.points).unwrap();
        expected.extend((!points.is_empty()).then_some((tile.node.name, points)));
    }
    let cache = TileCache::with_dimensions(64 << 20, ["Intensity"]);
    let mut scene = scene(&dataset, &cache);
    settled(&mut scene, &above(&dataset)).await;
    let asked = store.asked().len();
    let found = scene.profile(&swath).unwrap();
    assert_eq!(store.asked().len(), asked);
    let found = found.into_iter().map(|tile| (tile.node.name, tile.points));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(expected.len() > 3);
}

#[tokio::test]
async fn tiles_are_ready_for_a_gpu() {
    let dataset = open("laz-pf7").await;
    let look = settled(&mut scene(&dataset, &cache()), &above(&dataset)).await;
    let mut brightest = 0;
    for tile in &look.tiles {
        let (origin, points) = (tile.origin(), tile.points());
        assert_eq!(tile.positions().len(), points.len());
        for (i, position) in tile.positions().iter().enumerate() {
            let [x, y, z] = tile.position(i).unwrap();
            let exact = [x - origin[0], y - origin[1], z - origin[2]];
            for axis in 0..3 {
                assert!((f64::from(position[axis]) - exact[axis]).abs() < 1e-4);
            }
        }
        let red = points.values("Red").unwrap().to_f64().unwrap();
        let colors = tile.colors().unwrap();
        for (color, red) in colors.iter().zip(red) {
            let full = if red > 255.0 {
                257.0
            } else {
                f64::from(color[0]).max(1.0)
            };
            assert!(red <= 255.0 || (f64::from(color[0]) - red / full).abs() <= 0.5);
        }
        let intensities = tile.intensities().unwrap();
        brightest = brightest.max(*intensities.iter().max().unwrap());
    }
    assert!(brightest >= 250, "{brightest}");
}
