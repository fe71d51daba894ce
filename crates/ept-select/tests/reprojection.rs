//! Laws of points in another coordinate system.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ept_format::Metadata;
use ept_points::{Column, PointBatch, Scaling, Values};
use ept_select::{Crs, Frame, Reprojection};
use proptest::prelude::*;

/// Coordinate systems in use around 111 degrees west, 40 degrees north: metres, degrees, stretched metres, US survey feet,
/// an equal-area projection, and x, y and z from the centre of the Earth.
const SYSTEMS: [&str; 7] = [
    "EPSG:26912",
    "EPSG:26913",
    "EPSG:4326",
    "EPSG:3857",
    "EPSG:3566",
    "EPSG:5070",
    "EPSG:4978",
];

/// Metres that a transform and its inverse may lose.
const LOSS: f64 = 1e-4;

fn dataset(crs: &Crs, min: [f64; 3], max: [f64; 3], scale: [f64; 3]) -> Metadata {
    let axis = |i: usize| {
        format!(
            r#"{{"name": "{}", "type": "signed", "size": 4, "scale": {:?}, "offset": {:?}}}"#,
            ["X", "Y", "Z"][i],
            scale[i],
            min[i].round()
        )
    };
    let text = format!(
        r#"{{"bounds": [{:?}, {:?}, {:?}, {:?}, {:?}, {:?}], "span": 64, "dataType": "laszip",
            "schema": [{}, {}, {}], "srs": {{"authority": "EPSG", "horizontal": "{}"}}}}"#,
        min[0],
        min[1],
        min[2],
        max[0],
        max[1],
        max[2],
        axis(0),
        axis(1),
        axis(2),
        crs.name().trim_start_matches("EPSG:")
    );
    Metadata::from_json(text.as_bytes()).unwrap()
}

/// The points of a dataset in another system.
fn reprojection(dataset: &Metadata, to: &Crs) -> Reprojection {
    Reprojection::new(&Frame::from(dataset), to).unwrap()
}

fn batch(points: &[[f64; 3]]) -> PointBatch {
    let axis = |i: usize| Values::F64(points.iter().map(|point| point[i]).collect());
    PointBatch::new(vec![
        Column::new("Row", Values::U32((0..points.len() as u32).collect())),
        Column::new("X", axis(0)),
        Column::new("Y", axis(1)),
        Column::new("Z", axis(2)),
    ])
    .unwrap()
}

fn points(batch: &PointBatch) -> Vec<[f64; 3]> {
    let places = batch
        .x()
        .unwrap()
        .iter()
        .zip(batch.y().unwrap())
        .zip(batch.z().unwrap());
    places.map(|((&x, &y), &z)| [x, y, z]).collect()
}

/// The point as a file stores it, by integers of 32 bits.
fn stored(point: [f64; 3], scaling: &Scaling) -> [f64; 3] {
    [0, 1, 2].map(|i| {
        let integer = ((point[i] - scaling.offset[i]) / scaling.scale[i]).round();
        assert!(
            integer.abs() <= f64::from(i32::MAX),
            "{integer} of {scaling:?}"
        );
        integer * scaling.scale[i] + scaling.offset[i]
    })
}

/// Metres of a unit along each axis. To transforms, heights are metres.
fn units(crs: &Crs, at: [f64; 3]) -> [f64; 3] {
    let [x, y] = crs.metres_per_unit(at).unwrap();
    [x, y, 1.0]
}

fn distance(a: [f64; 3], b: [f64; 3], units: [f64; 3]) -> f64 {
    let square = |i: usize| ((a[i] - b[i]) * units[i]).powi(2);
    (0..3).map(square).sum::<f64>().sqrt()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn points_stay_what_they_are(
        systems in prop::array::uniform2(0..SYSTEMS.len()),
        degrees in [-111.9..-110.1_f64, 39.2..40.8_f64],
        metres in 10.0..10_000.0_f64,
        step in prop_oneof![Just(0.001), Just(0.01), Just(0.25), Just(0.0), 1e-4..1.0_f64],
        shares in prop::collection::vec(prop::array::uniform3(0.0..=1.0_f64), 0..50),
    ) {
        let [from, to] = systems.map(|system| Crs::parse(SYSTEMS[system]).unwrap());
        let [lon, lat] = degrees;
        let centre = Crs::wgs84().unwrap().to(&from).unwrap().apply([lon, lat, 1500.0]).unwrap();
        let own = units(&from, centre);
        let half = own.map(|unit| metres / unit / 2.0);
        let [min, max] = [-1.0, 1.0].map(|side| [0, 1, 2].map(|i| centre[i] + side * half[i]));
        // A step in metres with which 32 bits are enough.
        let step = f64::max(step, metres / 2e9);
        let scale = own.map(|unit| step / unit);
        let dataset = dataset(&from, min, max, scale);
        let before: Vec<[f64; 3]> = shares
            .iter()
            .map(|share| [0, 1, 2].map(|i| min[i] + (max[i] - min[i]) * share[i]))
            .collect();
        let reprojection = reprojection(&dataset, &to);
        let batch = batch(&before);
        let moved = reprojection.apply(batch.clone()).unwrap();
        prop_assert_eq!(moved.values("Row"), batch.values("Row"));
        if from == to {
            prop_assert_eq!(moved, batch);
            return Ok(());
        }

        let transform = from.to(&to).unwrap();
        let after = points(&moved);
        let expected: Vec<_> = before.iter().map(|point| transform.apply(*point).unwrap()).collect();
        prop_assert_eq!(&after, &expected);
        prop_assert!(after.iter().all(|point| reprojection.bounds().contains(*point)));

        let scaling = moved.scaling().unwrap();
        let is_spatial = transform.is_spatial();
        let there = units(&to, transform.apply(centre).unwrap());
        let extent = |i: usize| reprojection.bounds().max()[i] - reprojection.bounds().min()[i];
        for (i, unit) in there.into_iter().enumerate() {
            if i == 2 && !is_spatial {
                prop_assert_eq!(scaling.scale[2], scale[2]);
                continue;
            }
            // The scale of a projection differs a little within the dataset. 32 bits may need a coarser step.
            let own = step / unit * 1.01;
            let needed = extent(i) / 1e8 * 1.01;
            prop_assert!(scaling.scale[i] <= f64::max(own, needed), "{scaling:?}, axis {i}");
        }
        let back = to.to(&from).unwrap();
        for (before, after) in before.iter().zip(&after) {
            let exact = back.apply(*after).unwrap();
            prop_assert!(distance(*before, exact, own) < LOSS, "{before:?} came back as {exact:?}");
            let rounded = stored(*after, scaling);
            let steps = [0, 1, 2].map(|i| scaling.scale[i] * there[i] / 2.0);
            let most = distance(steps, [0.0; 3], [1.0; 3]) * 1.01;
            let rounded = back.apply(rounded).unwrap();
            prop_assert!(distance(*before, rounded, own) < most + LOSS, "{before:?} is stored as {rounded:?}");
        }
    }
}

/// Degrees have steps of 1e-7, about a centimetre, and heights of a millimetre: each of x, y and z from the centre of the
/// Earth needs the latter.
#[test]
fn heights_keep_their_step_among_geocentric_coordinates() {
    let [degrees, geocentric] = ["EPSG:4326", "EPSG:4978"].map(|code| Crs::parse(code).unwrap());
    let dataset = dataset(
        &degrees,
        [-111.0, 40.0, 1000.0],
        [-110.99, 40.01, 1100.0],
        [1e-7, 1e-7, 0.001],
    );
    let moved = reprojection(&dataset, &geocentric).apply(batch(&[[-111.0, 40.0, 1000.0]]));
    assert_eq!(moved.unwrap().scaling().unwrap().scale, [0.001; 3]);
}

/// Steps of a micrometre are 1e-12 degrees: the offset may not be a whole number of degrees.
#[test]
fn the_finest_steps_in_degrees_fit_in_32_bits() {
    let [utm, degrees] = ["EPSG:26912", "EPSG:4326"].map(|code| Crs::parse(code).unwrap());
    let dataset = dataset(
        &utm,
        [550_000.0, 4_400_000.0, 0.0],
        [550_010.0, 4_400_010.0, 10.0],
        [1e-6; 3],
    );
    let point = [550_003.0, 4_400_004.0, 5.0];
    let moved = reprojection(&dataset, &degrees)
        .apply(batch(&[point]))
        .unwrap();
    let back = degrees
        .to(&utm)
        .unwrap()
        .apply(stored(points(&moved)[0], moved.scaling().unwrap()))
        .unwrap();
    assert!(distance(point, back, [1.0; 3]) < LOSS, "{back:?}");
}
