//! The points that models of terrain and surface use.

use ept_reader::{Filter, SelectError};

/// The points of the ground, given their classes. A comparison with a dimension that points lack is false: such points are not
/// withheld.
///
/// # Errors
/// None in practice.
pub fn ground_points(classes: &[u8]) -> Result<Filter, SelectError> {
    let classes: Vec<String> = classes.iter().map(u8::to_string).collect();
    Filter::parse(&format!(
        "Classification in ({}) and not Withheld == 1",
        classes.join(", ")
    ))
}

/// The points among which the ground is found: the last of each pulse, without noise.
///
/// # Errors
/// None in practice.
pub fn last_returns() -> Result<Filter, SelectError> {
    Filter::parse(
        "not (ReturnNumber < NumberOfReturns or Classification in (7, 18) or Withheld == 1)",
    )
}

/// The points of the surface. Points without such dimensions are all used.
///
/// # Errors
/// None in practice.
pub fn first_returns() -> Result<Filter, SelectError> {
    Filter::parse("not (ReturnNumber > 1 or Classification in (7, 18) or Withheld == 1)")
}
