//! Relief, slope and aspect against those of GDAL 3.10.3, for a small raster with level ground and a void.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ept_raster::{Hillshade, Light, Raster, RasterError, SlopeUnit, Window, aspect, slope};
use proptest::prelude::*;

const VOID: f64 = f64::NAN;

/// Cells of 2 units.
const CELL: f64 = 2.0;

const HEIGHTS: [[f64; 9]; 8] = [
    [
        300.0, 300.45, 300.04, 298.7, 298.02, 296.53, 296.62, 298.63, 297.9,
    ],
    [
        301.5, 301.5, 301.5, 301.2, 299.8, 299.76, 300.8, 298.78, 298.1,
    ],
    [
        301.5, 301.5, 301.5, 293.5, 291.6, 292.0, 292.24, 291.96, 288.18,
    ],
    [
        301.5, 301.5, 301.5, 299.09, 298.38, 296.91, 295.7, 297.29, 296.08,
    ],
    [
        302.75, 304.08, 303.2, 303.03, 303.2, 303.3, 301.46, 301.57, 303.61,
    ],
    [
        301.18, 302.47, 302.65, 301.69, 304.69, 305.83, VOID, 304.14, 305.01,
    ],
    [
        303.92, 304.94, 304.84, 305.84, 308.0, 306.99, 307.29, 306.6, 306.79,
    ],
    [
        303.12, 302.25, 301.96, 303.3, 305.02, 303.04, 301.84, 302.82, 299.83,
    ],
];

/// `gdaldem hillshade`, without the edge, which has no value.
const DEFAULT: [[u8; 7]; 6] = [
    [211, 74, 1, 1, 21, 15, 1],
    [181, 10, 1, 56, 64, 44, 13],
    [222, 118, 126, 165, 163, 183, 179],
    [216, 166, 214, 216, 0, 0, 0],
    [234, 203, 251, 250, 0, 0, 0],
    [202, 195, 237, 210, 0, 0, 0],
];

/// `gdaldem hillshade -multidirectional -alt 30`, without the edge, which has no value.
const MULTI: [[u8; 7]; 6] = [
    [156, 12, 1, 20, 60, 52, 19],
    [128, 1, 2, 13, 47, 45, 1],
    [170, 59, 99, 155, 152, 171, 170],
    [166, 72, 157, 190, 0, 0, 0],
    [188, 136, 217, 223, 0, 0, 0],
    [153, 151, 214, 187, 0, 0, 0],
];

/// `gdaldem hillshade -z 2.5 -az 200 -alt 30`, without the edge, which has no value.
const OTHER: [[u8; 7]; 6] = [
    [1, 25, 126, 206, 241, 237, 201],
    [128, 1, 6, 161, 241, 238, 134],
    [1, 1, 1, 1, 1, 1, 1],
    [58, 1, 1, 1, 0, 0, 0],
    [23, 1, 1, 1, 0, 0, 0],
    [120, 145, 82, 156, 0, 0, 0],
];

/// `gdaldem slope`, without the edge, which has no value.
const DEGREES: [[f64; 7]; 6] = [
    [
        17.549867630004883,
        33.0809326171875,
        53.590187072753906,
        55.75244140625,
        51.1981315612793,
        51.284690856933594,
        60.80411911010742,
    ],
    [
        0.0,
        49.64301681518555,
        57.647010803222656,
        32.5953483581543,
        37.3852424621582,
        42.294227600097656,
        42.23533248901367,
    ],
    [
        26.914443969726562,
        52.440914154052734,
        66.13263702392578,
        70.17603302001953,
        69.9741439819336,
        67.87960815429688,
        69.96876525878906,
    ],
    [
        12.835742950439453,
        26.283098220825195,
        38.454017639160156,
        56.604164123535156,
        VOID,
        VOID,
        VOID,
    ],
    [
        21.34563636779785,
        24.1002197265625,
        41.32036590576172,
        49.594425201416016,
        VOID,
        VOID,
        VOID,
    ],
    [
        8.171131134033203,
        7.371160507202148,
        36.3454475402832,
        21.187244415283203,
        VOID,
        VOID,
        VOID,
    ],
];

/// `gdaldem slope -p -s 0.5`, without the edge, which has no value.
const PERCENT: [[f64; 7]; 6] = [
    [
        63.25118637084961,
        130.28353881835938,
        271.1761474609375,
        293.7662658691406,
        248.7332305908203,
        249.50416564941406,
        357.9182434082031,
    ],
    [
        0.0,
        235.35699462890625,
        315.72186279296875,
        127.88245391845703,
        152.82992553710938,
        181.9491729736328,
        181.57379150390625,
    ],
    [
        101.5291976928711,
        260.0892639160156,
        452.0205993652344,
        554.7930297851562,
        548.7247924804688,
        492.0382080078125,
        548.5648803710938,
    ],
    [
        45.57011032104492,
        98.77275848388672,
        158.82528686523438,
        303.3638610839844,
        VOID,
        VOID,
        VOID,
    ],
    [
        78.16031646728516,
        89.46524047851562,
        175.8302764892578,
        234.952880859375,
        VOID,
        VOID,
        VOID,
    ],
    [
        28.71758270263672,
        25.873106002807617,
        147.15899658203125,
        77.52366638183594,
        VOID,
        VOID,
        VOID,
    ],
];

/// `gdaldem aspect`, without the edge, which has no value.
const ASPECT: [[f64; 7]; 6] = [
    [
        359.546630859375,
        96.77726745605469,
        135.07455444335938,
        163.8167724609375,
        183.57272338867188,
        180.2869873046875,
        163.40066528320312,
    ],
    [
        VOID,
        96.43424987792969,
        102.90283966064453,
        139.67832946777344,
        178.12506103515625,
        177.32217407226562,
        134.0517578125,
    ],
    [
        356.8243713378906,
        41.80501937866211,
        26.508224487304688,
        7.23529052734375,
        8.462455749511719,
        1.470306396484375,
        1.5016250610351562,
    ],
    [
        319.44866943359375,
        42.02385711669922,
        4.8763275146484375,
        354.0876770019531,
        VOID,
        VOID,
        VOID,
    ],
    [
        316.427001953125,
        13.822463989257812,
        329.0220031738281,
        328.9317626953125,
        VOID,
        VOID,
        VOID,
    ],
    [
        290.64300537109375,
        270.277099609375,
        284.0597229003906,
        265.190185546875,
        VOID,
        VOID,
        VOID,
    ],
];

const WINDOW: Window = Window {
    west: 10,
    south: -4,
    columns: 9,
    rows: 8,
};

const INNER: Window = Window {
    west: 11,
    south: -3,
    columns: 7,
    rows: 6,
};

fn heights() -> Raster {
    Raster::new(WINDOW, HEIGHTS.concat()).unwrap()
}

fn assert_equal(raster: &Raster, recorded: [[f64; 7]; 6]) {
    let inner = raster.cropped(INNER);
    let pairs = inner.values().iter().zip(recorded.as_flattened());
    for (value, recorded) in pairs.clone() {
        let is_equal = value == recorded || (value.is_nan() && recorded.is_nan());
        assert!(is_equal, "{value}, not {recorded}");
    }
    let count = |values: &[f64]| values.iter().filter(|value| !value.is_nan()).count();
    // The edge has no values.
    assert_eq!(count(raster.values()), count(recorded.as_flattened()));
}

#[test]
fn relief_is_that_of_gdal() {
    let other = Light::Single {
        azimuth: 200.0,
        altitude: 30.0,
    };
    let multi = Light::Multidirectional { altitude: 30.0 };
    let cases = [
        (Light::default(), 1.0, DEFAULT),
        (other, 2.5, OTHER),
        (multi, 1.0, MULTI),
    ];
    for (light, factor, recorded) in cases {
        let hillshade = Hillshade::new(light, CELL, factor).unwrap();
        let inner = hillshade.shaded(&heights(), INNER).unwrap();
        assert_eq!(inner.values(), recorded.as_flattened());
        let all = hillshade.shaded(&heights(), WINDOW).unwrap();
        let sum = |values: &[u8]| values.iter().map(|value| u32::from(*value)).sum::<u32>();
        assert_eq!(
            sum(all.values()),
            sum(recorded.as_flattened()),
            "the edge is not void"
        );
    }
}

#[test]
fn slope_and_aspect_are_those_of_gdal() {
    let make = |factor, unit| slope(&heights(), WINDOW, CELL, factor, unit).unwrap();
    assert_equal(&make(1.0, SlopeUnit::Degrees), DEGREES);
    assert_equal(&make(2.0, SlopeUnit::Percent), PERCENT);
    assert_equal(&aspect(&heights(), WINDOW).unwrap(), ASPECT);
}

#[test]
fn numbers_without_a_relief_are_refused() {
    for (cell, factor) in [
        (0.0, 1.0),
        (-1.0, -1.0),
        (f64::NAN, 1.0),
        (1.0, f64::INFINITY),
        (1e300, 1e-300),
    ] {
        let relief = Hillshade::new(Light::default(), cell, factor);
        assert!(matches!(relief, Err(RasterError::Relief(_))));
        let slope = slope(&heights(), WINDOW, cell, factor, SlopeUnit::Degrees);
        assert!(matches!(slope, Err(RasterError::Relief(_))));
    }
    for (azimuth, altitude) in [(f64::NAN, 45.0), (0.0, -1.0), (0.0, 91.0), (0.0, f64::NAN)] {
        let relief = Hillshade::new(Light::Single { azimuth, altitude }, 1.0, 1.0);
        assert!(matches!(relief, Err(RasterError::Relief(_))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn windows_have_no_effect(
        values in prop::collection::vec(prop_oneof![9 => -9.0..9.0, 1 => any::<f64>()], 72),
        west in 8_i64..18, south in -6_i64..4, columns in 0_u32..5, rows in 0_u32..5,
    ) {
        let heights = Raster::new(WINDOW, values).unwrap();
        let window = Window { west, south, columns, rows };
        let near = heights.cropped(window.grown(1));
        let bits = |raster: Raster| raster.values().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        let make = |heights, window| slope(heights, window, CELL, 1.0, SlopeUnit::Percent).unwrap();
        prop_assert_eq!(bits(make(&near, window)), bits(make(&heights, WINDOW).cropped(window)));
        let make = |heights, window| aspect(heights, window).unwrap();
        prop_assert_eq!(bits(make(&near, window)), bits(make(&heights, WINDOW).cropped(window)));
        let hillshade = Hillshade::new(Light::default(), CELL, 1.0).unwrap();
        let all = hillshade.shaded(&heights, WINDOW).unwrap();
        let part = hillshade.shaded(&near, window).unwrap();
        for (position, value) in part.values().iter().enumerate() {
            let [column, row] = window.cell_at(position);
            let whole = WINDOW.position(column, row).map_or(0, |at| all.values()[at]);
            prop_assert_eq!(*value, whole);
        }
    }
}
