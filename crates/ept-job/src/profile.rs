//! Writes the points along a line to a file.

use ept_reader::{Swath, Tile};

use crate::points::{columns, write};
use crate::{JobError, Output, Pass, Progress};

/// The dimensions of a profile before all others.
const OWN: [&str; 2] = ["Distance", "Offset"];

/// Writes the points of a selection inside a swath, and returns their number. `Distance` along the line and `Offset`
/// from it, in metres, are the first two dimensions. The selection's areas should include the [area](Swath::area) of
/// the swath, and its dimensions, if restricted, X, Y and Z. `dimensions` are those to be written after the two, `None`
/// for all.
///
/// # Errors
/// As for [`write_points`](crate::write_points).
pub async fn write_profile(
    pass: &mut Pass,
    swath: Swath,
    dimensions: Option<&[String]>,
    output: Output,
    progress: impl FnMut(&Progress),
) -> Result<u64, JobError> {
    let required = output.format().required().iter().copied();
    let wanted = dimensions.map(|names| {
        let names = required.chain(names.iter().map(String::as_str));
        OWN.into_iter()
            .chain(names)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let header = wanted.clone().unwrap_or_else(|| {
        let names = columns(pass.selection());
        OWN.map(str::to_owned).into_iter().chain(names).collect()
    });
    let make = move |tile: Tile| {
        let points = swath.profile(tile.points)?;
        Ok(match &wanted {
            Some(names) => points.with_dimensions(names),
            None => points,
        })
    };
    write(pass, output, header, make, progress).await
}
