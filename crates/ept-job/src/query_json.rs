//! Queries and areas as JSON.

use ept_reader::{Area, Bounds, Credit, Crs, Edge, Length, Query, Selection};
use serde_json::{Value, json};

use crate::{HeightAboveGround, Pass, Terrain};

/// The query, with the depth for its resolution.
pub(crate) fn query_json(pass: &Pass) -> Value {
    let selection = pass.selection();
    let mut json = json_of(selection, selection.query());
    json["limit"] = pass.whole_limit().into();
    json["heightAboveGround"] = pass.heights().map(heights_json).into();
    json
}

/// The query for one of the areas of [`Query::with_any_of`].
pub(crate) fn area_query_json(pass: &Pass, area: usize) -> Value {
    let (selection, query) = (pass.selection(), pass.selection().query());
    let area = query.any_of().get(area).cloned();
    let query = area.into_iter().fold(query.clone(), Query::with_area);
    let mut json = json_of(selection, &query);
    json["heightAboveGround"] = pass.heights().map(heights_json).into();
    json
}

/// From what heights above the ground are measured, in metres.
fn heights_json(heights: &HeightAboveGround) -> Value {
    match &heights.ground {
        Terrain::Points(ground) => json!({
            "ground": ground.to_string(),
            "maxEdge": heights.max_edge.map(Length::metres),
        }),
        Terrain::Raster(path) => json!({ "raster": path.display().to_string() }),
    }
}

fn json_of(selection: &Selection, query: &Query) -> Value {
    let bound = selection.bound();
    let thin = bound.grid().map(|grid| {
        let edges = grid.size().into_iter();
        edges
            .map(|edge| Some(edge).filter(|edge| edge.is_finite()))
            .collect::<Vec<_>>()
    });
    json!({
        "areas": query.areas().iter().map(area).collect::<Vec<_>>(),
        "edge": match query.edge() {
            Edge::Closed => "closed",
            Edge::HalfOpen => "half-open",
        },
        "depth": bound.depth(),
        "dimensions": query.dimensions(),
        "where": query.filter().map(ToString::to_string),
        "origin": query.origin().map(|origin| origin.id),
        "thin": thin,
        "crs": query.output_crs().map(Crs::name),
        "limit": Value::Null,
    })
}

/// An area of [`Query::with_any_of`].
pub(crate) fn area_json(selection: &Selection, number: usize) -> Value {
    selection
        .query()
        .any_of()
        .get(number)
        .map_or(Value::Null, area)
}

/// An area as a box in the dataset's coordinates or, failing that, a description.
fn area(area: &Area) -> Value {
    match area.as_bounds() {
        Some(area) => json!({ "bounds": bounds_json(&area) }),
        None => json!({
            "extent": area.extent(),
            "crs": area.crs().map(Crs::name),
            "buffer": area.buffer().map(Length::metres),
        }),
    }
}

/// Six numbers, the minimum corner first. `None` for an infinite side.
pub(crate) fn bounds_json(bounds: &Bounds) -> Vec<Option<f64>> {
    let numbers = bounds.min().into_iter().chain(bounds.max());
    numbers
        .map(|number| Some(number).filter(|number| number.is_finite()))
        .collect()
}

/// The surveys to credit for points.
pub(crate) fn credit_json(credit: &Credit) -> Value {
    json!({ "survey": credit.survey, "citation": credit.citation, "doi": credit.doi })
}
