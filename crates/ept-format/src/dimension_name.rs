//! The one rule for the names of dimensions.

/// Names that mean one dimension: PDAL's, which columns have, and what it is called elsewhere in the field.
const ALIASES: [[&str; 2]; 3] = [
    ["ScanAngleRank", "ScanAngle"],
    ["Infrared", "NIR"],
    ["ScanChannel", "ScannerChannel"],
];

/// Whether two names mean one dimension. Case does not matter, and some dimensions have a second name: `NIR` is
/// `Infrared`, `ScanAngle` is `ScanAngleRank`, `ScannerChannel` is `ScanChannel`.
///
/// ```
/// use ept_format::is_same_dimension;
///
/// assert!(is_same_dimension("nir", "Infrared"));
/// assert!(!is_same_dimension("Red", "Infrared"));
/// ```
#[must_use]
pub fn is_same_dimension(a: &str, b: &str) -> bool {
    let equal = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let both = |[p, q]: [&str; 2]| equal(a, p) && equal(b, q) || equal(a, q) && equal(b, p);
    equal(a, b) || ALIASES.into_iter().any(both)
}

/// Where among some names the dimension is that a user calls `name`: the exact name comes first, then any that means the
/// same by [`is_same_dimension`].
pub fn position_of_dimension<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    name: &str,
) -> Option<usize> {
    let exact = names.clone().position(|other| other == name);
    exact.or_else(|| {
        let mut names = names;
        names.position(|other| is_same_dimension(other, name))
    })
}
