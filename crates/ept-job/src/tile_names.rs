//! Dimensions in a query that only tiles have.

use ept_format::{is_same_dimension, known_dimension};
use ept_reader::{Dimension, Error, Filter, Node, Selection};
use futures::StreamExt;

use crate::{HeightAboveGround, Pass};

/// Maximum number of tiles whose headers are read to find a name.
const MOST: usize = 1_000;

/// Searches the headers of tiles for names in the query that are neither in the schema nor part of LAS, and binds the
/// query again to a dataset that includes those found. The others are most likely mistakes and are kept.
pub(crate) async fn find_names(pass: &mut Pass) -> Result<(), Error> {
    let selection = pass.selection().clone();
    let mut unknown = unknown_names(&selection);
    if pass.heights().is_some() {
        unknown.retain(|name| !is_same_dimension(name, HeightAboveGround::NAME));
    }
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
        pass.bind(selection.in_dataset(&dataset)?);
    }
    Ok(())
}

/// Adds the dimensions of the first tile of each source to the schema, which often lacks some, if there are several sources and
/// all dimensions are wanted. So the result has the same columns whichever of these nodes are read.
pub(crate) async fn find_dimensions(pass: &mut Pass, nodes: Vec<Node>) -> Result<(), Error> {
    let selection = pass.selection().clone();
    let has_several = selection.dataset().locations().len() > 1;
    if !has_several || selection.query().dimensions().is_some() {
        return Ok(());
    }
    let mut found: Vec<Dimension> = Vec::new();
    let mut headers = selection.source_headers(nodes);
    while let Some(header) = headers.next().await {
        for column in header.columns.columns() {
            let is_known = selection.frame().dimension(&column.name).is_some()
                || found
                    .iter()
                    .any(|own| is_same_dimension(&own.name, &column.name));
            if !is_known {
                found.push(Dimension::new(&*column.name, column.values.scalar()));
            }
        }
    }
    // Files have what their headers say; only tiles of EPT can have more than the schema.
    if !found.is_empty()
        && let Ok(dataset) = selection.dataset().with_tile_dimensions(found)
    {
        pass.widen(selection.in_dataset(&dataset)?);
    }
    Ok(())
}

/// Names of requested dimensions or in the condition that only a tile can have.
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
