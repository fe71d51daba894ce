//! `ept` on samples with one fault each, where they are at hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use support::{ept, fault};

#[test]
fn extra_bytes_of_a_second_record_are_selected_and_written() {
    let Some(set) = fault("eb-two-vlrs/set") else {
        return;
    };
    let query = [
        "query",
        &set,
        "--where",
        "Deviation >= 0 && confidence >= 0",
    ];
    let lines = ept(&query).ends_with(0).stdout();
    let mut lines = lines.lines();
    let header = lines.next().unwrap();
    assert!(header.ends_with("confidence,Deviation"), "{header}");
    assert_eq!(lines.count(), 400);
    let report = ept(&["validate", &set]).stdout();
    assert!(!report.contains("Deviation"), "{report}");
}
