//! What is intact has no errors.

use crate::support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ept_reader::Checks;

use support::{FIXTURES, fixture};

use super::{DEEP, codes, errors, report};

#[tokio::test]
async fn fixtures_have_no_errors() {
    for name in FIXTURES {
        for checks in [Checks::default(), DEEP] {
            let report = report(&fixture(name), &checks).await;
            assert_eq!(errors(&report), BTreeSet::new(), "{name}: {report:#?}");
            let truth = support::truth(name);
            assert_eq!(report.checked.points, truth["points"], "{name}");
            assert_eq!(report.checked.tiles, report.checked.nodes, "{name}");
            assert_eq!(report.checked.headers, report.checked.nodes, "{name}");
            let decoded = if checks.deep { report.checked.nodes } else { 0 };
            assert_eq!(report.checked.decoded, decoded, "{name}");
        }
    }
}

/// The folder of samples: `$EPT_SAMPLES` or beside the project; `None` if there is none.
fn samples() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = std::env::var_os("EPT_SAMPLES").map_or(beside, PathBuf::from);
    if folder.join("ept").is_dir() {
        return Some(folder);
    }
    println!("no samples at {}: skipped", folder.display());
    None
}

#[tokio::test]
async fn samples_are_intact_but_for_the_broken_ones() {
    let Some(samples) = samples() else { return };
    let broken = [
        ("pdal-lone-star-invalid-tile", "E033"),
        ("pdal-bad-pointcount-binary", "E034"),
        ("pdal-bad-pointcount-laszip", "E034"),
        ("pdal-ellipsoid-nopoints", "E030"),
        ("itowns-metaonly", "E020"),
        ("itowns-metaonly", "E030"),
    ];
    for entry in samples.join("ept").read_dir().unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let of_name = broken.iter().filter(|(broken, _)| *broken == name);
        let expected: BTreeSet<_> = of_name.map(|(_, code)| *code).collect();
        for checks in [Checks::default(), DEEP] {
            let report = report(&folder, &checks).await;
            println!("{name} {}: {:?}", checks.deep, codes(&report));
            assert_eq!(errors(&report), expected, "{name}: {report:#?}");
        }
    }
}
