//! What can't be.

use crate::support;

use support::{ept, fixture};

use super::NAME;

#[test]
fn what_can_not_be_is_said() {
    let dataset = fixture("terrain");
    let condition = format!("{NAME} > 2");
    let thin = ept(&[
        "query", &dataset, "--hag", "--thin", "5", "--where", &condition,
    ]);
    let text = thin.ends_with(2).stderr();
    assert!(text.contains("thinned before"), "{text}");
    let without = ept(&["query", &dataset, "--where", &condition])
        .ends_with(1)
        .stderr();
    assert!(without.contains("--hag"), "{without}");
    let without = ept(&["query", &dataset, "--dims", NAME])
        .ends_with(1)
        .stderr();
    assert!(without.contains("--hag"), "{without}");
    ept(&["query", &dataset, "--class", "2"]).ends_with(2);
    let wrong = format!("{NAME} > 2 and Clasification == 5");
    let wrong = ept(&["query", &dataset, "--hag", "--where", &wrong])
        .ends_with(1)
        .stderr();
    assert!(wrong.contains("Clasification"), "{wrong}");
}
