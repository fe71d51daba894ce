//! Names of dimensions.

/// Whether two names mean one dimension: case does not matter, and some have two names in the field.
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    const ALIASES: [[&str; 2]; 3] = [
        ["ScanAngleRank", "ScanAngle"],
        ["Infrared", "NIR"],
        ["ScanChannel", "ScannerChannel"],
    ];
    let equal = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let both = |[p, q]: [&str; 2]| equal(a, p) && equal(b, q) || equal(a, q) && equal(b, p);
    equal(a, b) || ALIASES.into_iter().any(both)
}
