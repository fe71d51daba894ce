//! The laws of indexes of points, as `LAStools` write them.

use ept_las::Lax;

/// Parses an index and asks it for all of its points.
pub fn check_lax(data: &[u8]) {
    let Ok(lax) = Lax::parse(data) else {
        return;
    };
    let all = lax.points([0.0, 1.0], |_| true);
    assert!(all.iter().all(|run| run.start < run.end), "{all:?}");
    assert!(
        all.windows(2).all(|pair| pair[0].end < pair[1].start),
        "{all:?}"
    );
    assert!(lax.points([0.0, 1.0], |_| false).is_empty());
    if let [run] = &all[..] {
        assert_eq!(lax.is_of(run.end), run.start == 0);
    }
}
