//! Heights above known planes, and above triangles found by brute force.

use crate::support;

use std::collections::HashMap;
use std::path::Path;

use support::{ept, fixture};

use super::{NAME, Point, Table, las, query};

/// Height of the plane in quarters, at a place in quarters that is divisible by 4.
fn plane(x: i32, y: i32) -> i32 {
    x / 4 + y / 2 + 400
}

/// The ground on a plane at every 3 units of a square, and points of a wood above it in between, at 1.5 times their number of
/// column. `part` 0 and 1 are its left and right half.
pub(super) fn wood(part: Option<i32>) -> Vec<Point> {
    let mut points = Vec::new();
    for column in 0..=40 {
        let half = i32::from(column > 20);
        if part.is_some_and(|part| part != half) {
            continue;
        }
        for row in 0..=40 {
            let (x, y) = (column * 12, row * 12);
            points.push(([x, y, plane(x, y)], 2));
            if column < 40 && row < 40 {
                let (x, y) = (x + 4, y + 8);
                points.push(([x, y, plane(x, y) + 6 * column], 5));
            }
        }
    }
    points
}

#[test]
fn heights_above_a_plane_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    las(Path::new(&path("all.las")), &wood(None));
    las(Path::new(&path("left.las")), &wood(Some(0)));
    las(Path::new(&path("right.las")), &wood(Some(1)));
    for name in ["all.laz", "all.copc.laz"] {
        ept(&["query", "-q", &path("all.las"), "-o", &path(name)]).ends_with(0);
    }
    for names in [
        &["all.las"][..],
        &["all.laz"],
        &["all.copc.laz"],
        &["left.las", "right.las"],
        &["right.las", "left.las"],
    ] {
        let paths: Vec<String> = names.iter().map(|name| path(name)).collect();
        let paths = paths.iter().map(String::as_str);
        let args: Vec<&str> = ["query", "-q", "--hag"].into_iter().chain(paths).collect();
        let found = Table::of(&ept(&args).ends_with(0).stdout());
        assert_eq!(found.rows.len(), 41 * 41 + 40 * 40, "{names:?}");
        assert_eq!(found.names.last().unwrap(), NAME);
        let [x, class, height] = ["X", "Classification", NAME].map(|name| found.column(name));
        for ((x, class), height) in x.into_iter().zip(class).zip(height) {
            let expected = if class == 2.0 {
                0.0
            } else {
                1.5 * (x / 3.0).floor()
            };
            assert!((height - expected).abs() < 1e-9, "{x} {height} {names:?}");
        }
    }
}

#[test]
fn of_ground_points_at_a_place_the_lowest_counts_and_beyond_the_ground_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("few.las");
    let mut points = vec![
        ([0, 0, 40], 2),
        ([40, 0, 40], 2),
        ([0, 40, 40], 2),
        ([40, 40, 40], 2),
        // Above another.
        ([0, 0, 48], 2),
        // 100 units away: no triangle with an edge of 50 m at most.
        ([440, 0, 80], 2),
        // Noise, and a point between: 60 units from the ground to the left, 40 from the one to the right.
        ([20, 20, 0], 7),
        ([280, 0, 100], 5),
    ];
    las(&path, &points);
    let heights = |more: &[&str]| {
        let flags = ["--hag", "--dims", NAME];
        query(path.to_str().unwrap(), &[&flags, more].concat()).column(NAME)
    };
    let expected = [0.0, 0.0, 0.0, 0.0, 2.0, 0.0, -10.0, 5.0];
    assert_eq!(heights(&[]), expected);
    assert_eq!(heights(&["--class", "2,7"])[6], 0.0);
    // Withheld points are not ground.
    points[1].1 = 2 | 0x80;
    points[1].0[2] = 0;
    las(&path, &points);
    assert_eq!(heights(&[])[1], -10.0);
    assert_eq!(heights(&[])[6], -10.0);
    let run = ept(&[
        "query",
        path.to_str().unwrap(),
        "--hag",
        "--class",
        "9",
        "--dims",
        NAME,
    ]);
    let run = run.ends_with(0);
    assert!(run.stdout().lines().skip(1).all(|line| line == "NaN"));
    assert!(
        run.stderr().contains("no point of the ground"),
        "{}",
        run.stderr()
    );
}

/// Twice the area of a triangle, positive if it is counterclockwise.
fn area(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Whether a point is in the circle of a counterclockwise triangle.
fn is_in_circle(corners: [[f64; 3]; 3], point: [f64; 3]) -> bool {
    let rows = corners.map(|corner| {
        let [x, y] = [corner[0] - point[0], corner[1] - point[1]];
        [x, y, x * x + y * y]
    });
    let [a, b, c] = rows;
    let determinant = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0]);
    determinant > 1e-6
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Height of the ground at a place, from the triangle of points nearby whose circle has no other point. `None` if there is none
/// with short edges.
fn brute_force(place: [f64; 3], ground: &[[f64; 3]]) -> Option<f64> {
    let mut near = ground.to_vec();
    near.sort_by(|a, b| distance(*a, place).total_cmp(&distance(*b, place)));
    let most = near.len().min(25);
    for i in 0..most {
        for j in i + 1..most {
            for k in j + 1..most {
                let mut corners = [near[i], near[j], near[k]];
                if area(corners[0], corners[1], corners[2]) < 0.0 {
                    corners.swap(1, 2);
                }
                let [a, b, c] = corners;
                let weights = [area(b, c, place), area(c, a, place), area(a, b, place)];
                let is_short = [[a, b], [b, c], [c, a]]
                    .iter()
                    .all(|[a, b]| distance(*a, *b) < 50.0);
                if is_short
                    && weights.iter().all(|weight| *weight >= 0.0)
                    && area(a, b, c) > 0.0
                    && !near.iter().any(|point| is_in_circle(corners, *point))
                {
                    let sum: f64 = weights.iter().sum();
                    return Some((weights[0] * a[2] + weights[1] * b[2] + weights[2] * c[2]) / sum);
                }
            }
        }
    }
    None
}

#[test]
fn heights_are_those_above_the_triangle_whose_circle_is_empty() {
    let table = query(
        &fixture("terrain"),
        &[
            "--hag",
            "--dims",
            &format!("X,Y,Z,Classification,Withheld,{NAME}"),
        ],
    );
    let mut lowest: HashMap<[u64; 2], [f64; 3]> = HashMap::new();
    let is_ground = |row: &[f64]| row[3] == 2.0 && row[4] == 0.0;
    for row in table.rows.iter().filter(|row| is_ground(row)) {
        let place = lowest.entry([row[0], row[1]].map(f64::to_bits));
        let place = place.or_insert([row[0], row[1], row[2]]);
        place[2] = place[2].min(row[2]);
    }
    let ground: Vec<[f64; 3]> = lowest.values().copied().collect();
    assert!(ground.len() > 10_000);
    for row in table.rows.iter().filter(|row| is_ground(row)) {
        let lowest = lowest[&[row[0], row[1]].map(f64::to_bits)];
        assert_eq!(row[5], row[2] - lowest[2], "{row:?}");
    }
    let others = table.rows.iter().filter(|row| !is_ground(row));
    let mut compared = 0;
    for row in others.step_by(150) {
        let place = [row[0], row[1], row[2]];
        if let Some(height) = brute_force(place, &ground) {
            assert!(
                (row[5] - (row[2] - height)).abs() < 1e-6,
                "{row:?} {height}"
            );
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared}");
}
