//! Spacing, depths of resolutions, the slack of cells.

use ept_format::{FormatError, Metadata};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::with;

#[test]
fn the_root_cell_is_cut_by_the_span() {
    // Specification, section "ept-data": bounds of 256 metres and a span of 256 make 1 point per metre.
    let metadata = with(&[
        ("bounds", json!([0, 0, 0, 256, 256, 256])),
        ("span", json!(256)),
    ])
    .unwrap();
    assert_eq!(metadata.spacing(0), 1.0);
    assert_eq!(metadata.spacing(1), 0.5);
    assert_eq!(metadata.spacing(10), 1.0 / 1024.0);
}

/// The dataset by which PDAL's own test holds the rule: a cube of 44 metres, span 128.
fn ellipsoid() -> Metadata {
    with(&[
        ("bounds", json!([0, 0, 0, 44, 44, 44])),
        ("span", json!(128)),
    ])
    .unwrap()
}

#[test]
fn a_resolution_selects_the_depth_that_pdal_selects() {
    let metadata = ellipsoid();
    assert_eq!(metadata.spacing(0), 0.34375);
    for (resolution, depth) in [
        (1000.0, 0),
        (0.34375, 0),
        (0.3437, 1),
        (0.171875, 1),
        (0.1718, 2),
        (0.1, 2),
        (1e-300, 31),
    ] {
        assert_eq!(
            metadata.depth_for_resolution(resolution),
            Ok(depth),
            "{resolution}"
        );
    }
}

#[test]
fn a_resolution_that_is_no_distance_is_refused() {
    let metadata = ellipsoid();
    for resolution in [
        0.0,
        -0.0,
        -1.0,
        f64::MIN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ] {
        let error = metadata.depth_for_resolution(resolution).unwrap_err();
        assert!(matches!(error, FormatError::Resolution(_)), "{resolution}");
        assert!(
            error.to_string().contains(&resolution.to_string()),
            "{error}"
        );
    }
}

proptest! {
    #[test]
    fn the_depth_is_that_of_halving_the_spacing(
        side in 1e-3..1e8_f64, span in 1..4096_u64, at in -40.0..5.0_f64,
    ) {
        let metadata = with(&[
            ("bounds", json!([0, 0, 0, side, side, side])),
            ("span", json!(span)),
        ])
        .unwrap();
        let resolution = side / span as f64 * at.exp2();
        // As PDAL has it (EptReader.cpp): halve until the spacing is at most the resolution.
        let (mut spacing, mut depth) = (side / span as f64, 0);
        while spacing > resolution && depth < 31 {
            spacing /= 2.0;
            depth += 1;
        }
        prop_assert_eq!(metadata.depth_for_resolution(resolution), Ok(depth));
        // At equality the depth suffices, one bit less and it does not.
        prop_assert_eq!(metadata.depth_for_resolution(spacing), Ok(depth));
        if depth < 31 {
            prop_assert_eq!(metadata.depth_for_resolution(spacing.next_down()), Ok(depth + 1));
        }
    }
}

#[test]
fn resolution_counts_along_x() {
    let metadata = with(&[
        ("bounds", json!([0, 0, 0, 64, 1, 1000])),
        ("span", json!(64)),
    ])
    .unwrap();
    assert_eq!(metadata.spacing(0), 1.0);
}

#[test]
fn a_point_may_lie_a_quantum_outside_of_its_cell() {
    let schema = |scale: Value| json!([{"name": "X", "type": "signed", "size": 4, "scale": scale}]);
    let slack = |metadata: Metadata| metadata.cell_slack()[0];
    let is_about = |slack: f64, quantum: f64| quantum <= slack && slack < quantum + 1e-9;
    assert!(is_about(
        slack(with(&[("schema", schema(json!(0.5)))]).unwrap()),
        0.5
    ));
    assert!(is_about(
        slack(with(&[("schema", schema(json!(-0.25)))]).unwrap()),
        0.25
    ));
    assert!(is_about(
        slack(with(&[("schema", schema(json!(null)))]).unwrap()),
        1.0
    ));
    let float = json!([{"name": "X", "type": "float", "size": 8}]);
    assert!(is_about(
        slack(with(&[("schema", float.clone())]).unwrap()),
        0.0
    ));
    // The tiles of such a laszip dataset are integers all the same.
    let laszip = with(&[("schema", float), ("dataType", json!("laszip"))]).unwrap();
    assert!(is_about(slack(laszip), 0.01));
}
