//! What is lost when units are made or run.

use std::fs;

use super::Job;
use crate::support::{copy, ept};

#[test]
fn a_page_that_is_lost_when_units_are_made_is_lost_in_the_result() {
    let copy = copy("terrain");
    let dataset = copy.path().to_str().unwrap();
    let page = copy.path().join("ept-hierarchy/2-1-1-1.json");
    fs::write(&page, "nothing").unwrap();
    let refused = ept(&["plan", dataset, "--units", "4"])
        .ends_with(1)
        .stderr();
    assert!(refused.contains("2-1-1-1"), "{refused}");
    let skip = [dataset, "--on-error", "skip"];
    let job = Job::planned("plan", &skip, &["--units", "4"], 3);
    // The first unit has the loss; all others are complete.
    let codes: Vec<i32> = (0..4).map(|index| job.run(index, &[])).collect();
    assert_eq!(codes, [3, 0, 0, 0]);
    let merged = job.path("merged.copc.laz");
    let said = ept(&["merge", &job.path("parts"), "-o", &merged])
        .ends_with(3)
        .stderr();
    assert!(
        said.contains("hierarchy page 2-1-1-1") && said.contains("incomplete: 1 part"),
        "{said}"
    );
    let alone = job.path("alone.copc.laz");
    let query = ept(&[&["query", "-o", &alone], &skip[..]].concat())
        .ends_with(3)
        .stderr();
    let lost = |said: &str| {
        said.lines()
            .find(|line| line.starts_with("lost:"))
            .map(str::to_owned)
    };
    assert_eq!(lost(&said), lost(&query));
    assert!(fs::read(merged).unwrap() == fs::read(alone).unwrap());
}

#[test]
fn a_tile_that_several_units_could_not_read_is_one_loss() {
    let copy = copy("terrain");
    let dataset = copy.path().to_str().unwrap();
    let job = Job::plan(&[dataset], &["--units", "4", "--halo", "0"]);
    // All units read the root.
    fs::remove_file(copy.path().join("ept-data/0-0-0-0.laz")).unwrap();
    for index in 0..job.count {
        assert_eq!(job.run(index, &["--on-error", "skip"]), 3);
    }
    let merged = job.path("merged.laz");
    let said = ept(&["merge", &job.path("parts"), "-o", &merged])
        .ends_with(3)
        .stderr();
    assert!(said.contains("incomplete: 1 part of"), "{said}");
}
