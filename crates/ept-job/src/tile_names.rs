//! Names that a query has from the tiles: dimensions that the schema does not list.

use ept_format::known_dimension;
use ept_reader::{Dimension, Error, Filter, Selection};
use futures::StreamExt;

use crate::Pass;

/// Tiles whose headers are looked at for a name.
const MOST: usize = 1_000;

/// Looks for names of the query that neither the schema nor LAS knows in the headers of tiles, and binds the query anew
/// to a dataset that has those found. The others stay the slips that they most likely are.
pub(crate) async fn find_names(pass: &mut Pass) -> Result<(), Error> {
    let selection = pass.selection().clone();
    let mut unknown = unknown_names(&selection);
    if unknown.is_empty() {
        return Ok(());
    }
    let mut found = Vec::new();
    let mut headers = selection.tile_headers().take(MOST);
    while let Some(header) = headers.next().await {
        unknown.retain(|name| {
            let column = header.columns.find_column(name);
            let dimension =
                column.map(|column| Dimension::new(&*column.name, column.values.scalar()));
            found.extend(dimension);
            column.is_none()
        });
        if unknown.is_empty() {
            break;
        }
    }
    if !found.is_empty() {
        let dataset = selection.dataset().with_tile_dimensions(found)?;
        pass.bind(dataset.select(selection.query())?);
    }
    Ok(())
}

/// The names, to have or in the condition, that nothing but a tile can know.
fn unknown_names(selection: &Selection) -> Vec<String> {
    let query = selection.query();
    let filtered = query.filter().map_or(&[][..], Filter::dimensions);
    let wanted = query.dimensions().unwrap_or_default();
    let is_unknown = |name: &&String| {
        selection.frame().dimension(name).is_none() && known_dimension(name).is_none()
    };
    let mut names: Vec<String> = wanted
        .iter()
        .chain(filtered)
        .filter(is_unknown)
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    names
}
