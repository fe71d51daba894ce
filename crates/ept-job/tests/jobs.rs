//! Jobs through the public door: what they count, write and report, with and without losses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use ept_job::{
    Format, JobError, OnError, Output, OutputError, Pass, Report, statistics, write_points,
};
use ept_reader::{Dataset, Query, Spacing, Thin};

fn terrain() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/terrain")
}

async fn pass(folder: &Path, on_error: OnError) -> Pass {
    let dataset = Dataset::open(folder.to_str().unwrap()).await.unwrap();
    Pass::new(dataset.select(&Query::new()).unwrap(), on_error)
}

/// The dataset without one of its tiles, and the points of that tile.
fn damaged() -> (tempfile::TempDir, u64) {
    let folder = tempfile::tempdir().unwrap();
    copy(&terrain(), folder.path());
    let page = std::fs::read(folder.path().join("ept-hierarchy/0-0-0-0.json")).unwrap();
    let page: serde_json::Value = serde_json::from_slice(&page).unwrap();
    std::fs::remove_file(folder.path().join("ept-data/1-0-0-0.laz")).unwrap();
    let points = page["1-0-0-0"].as_u64().unwrap();
    (folder, points)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn nodes_are_counted_as_they_come_and_ahead_of_it_on_demand() {
    let mut whole = pass(&terrain(), OnError::Fail).await;
    assert_eq!(whole.found().nodes, 0);
    let some = whole.look_ahead(1_000).await.unwrap();
    assert!(some.points > 1_000 && !some.is_all, "{some:?}");
    let folder = tempfile::tempdir().unwrap();
    let output = Output::to_file(folder.path().join("all.csv"), None).unwrap();
    let mut last = None;
    let written = write_points(&mut whole, output, |progress| last = Some(*progress));
    // The generator of the fixture writes this many.
    assert_eq!(written.await.unwrap(), 25_000);
    let last = last.unwrap();
    assert_eq!(
        (last.points, last.found.points, last.found.is_all),
        (25_000, 25_000, true)
    );
    assert_eq!((last.nodes, whole.found().nodes), (98, 98));
}

/// A thinned stream hands points on late, and those of a node in several parts.
#[tokio::test]
async fn progress_of_a_thinned_job_counts_what_is_read() {
    let dataset = Dataset::open(terrain().to_str().unwrap()).await.unwrap();
    let query = Query::new().with_thin(Thin::squares(Spacing::Units(40.0)));
    let mut pass = Pass::new(dataset.select(&query).unwrap(), OnError::Fail);
    let folder = tempfile::tempdir().unwrap();
    let output = Output::to_file(folder.path().join("thin.csv"), None).unwrap();
    let mut seen = Vec::new();
    let written = write_points(&mut pass, output, |progress| seen.push(*progress));
    assert!(written.await.unwrap() < 500);
    assert!(seen.is_sorted_by_key(|progress| (progress.nodes, progress.points)));
    // It is told while nothing is handed on yet, not at the end alone.
    assert!(seen.len() > 10, "{}", seen.len());
    let last = seen.last().unwrap();
    assert_eq!((last.nodes, last.points), (98, 25_000));
}

#[tokio::test]
async fn a_failed_job_leaves_no_file_and_its_report_says_why() {
    let (data, _) = damaged();
    let folder = tempfile::tempdir().unwrap();
    let mut pass = pass(data.path(), OnError::Fail).await;
    let output = Output::to_file(folder.path().join("all.laz"), None).unwrap();
    let written = write_points(&mut pass, output, |_| ()).await;
    assert!(matches!(written, Err(JobError::Read(_))), "{written:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let report = Report::new(&pass, written.as_ref().copied()).to_json();
    assert_eq!(report["complete"], false);
    assert!(report["error"].as_str().unwrap().contains("1-0-0-0"));
}

#[tokio::test]
async fn a_job_goes_on_without_what_is_lost_and_names_it() {
    let (data, lost) = damaged();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rest.ply");
    let mut pass = pass(data.path(), OnError::Skip).await;
    let written = write_points(&mut pass, Output::to_file(&path, None).unwrap(), |_| ()).await;
    assert_eq!(*written.as_ref().unwrap(), 25_000 - lost);
    let report = Report::new(&pass, written.as_ref().copied()).to_json();
    assert_eq!(report["losses"][0]["key"], "1-0-0-0");
    assert_eq!(report["losses"][0]["points"], lost);
    assert!(path.exists());
}

#[tokio::test]
async fn statistics_count_what_is_written() {
    let mut pass = pass(&terrain(), OnError::Fail).await;
    let statistics = statistics(&mut pass, |_| ()).await.unwrap();
    assert_eq!(statistics.points(), 25_000);
    assert!(
        statistics
            .dimensions()
            .iter()
            .all(|(_, figures)| figures.is_some())
    );
}

#[test]
fn outputs_that_cannot_be_are_refused_before_anything_is_read() {
    let refused = |output: Result<Output, OutputError>| output.unwrap_err();
    assert!(matches!(
        refused(Output::to_file("points.txt", None)),
        OutputError::NoFormat(_)
    ));
    let stream = Output::to_stream("a pipe", Vec::new(), Format::Laz);
    assert_eq!(refused(stream), OutputError::NeedsFile);
    let laz = Output::to_file("points.laz", None).unwrap();
    assert_eq!(
        refused(laz.with_precision(2)),
        OutputError::Precision(Format::Laz)
    );
}
