//! A query brought to a dataset: which cells it visits, what is decoded and which points stay.

use std::sync::Arc;

use ept_format::{Bounds, Key, Metadata, Policy};
use ept_points::{Decoder, PointBatch, Values};
use ept_select::{Area, Cover, Filter, Relation, Reprojection};

use crate::{Error, Origin, Query};

/// A query that knows its dataset.
#[derive(Debug)]
pub(crate) struct Selection {
    cover: Cover,
    depth: u32,
    filter: Option<Filter>,
    /// Least and greatest values by the schema, of the filter's dimensions.
    ranges: Vec<(String, [f64; 2])>,
    origin: Option<Origin>,
    dimensions: Option<Vec<String>>,
    reprojection: Option<Reprojection>,
    /// The dimensions of the schema.
    schema: Vec<String>,
    /// Dimensions that do not come from the tiles.
    addons: Vec<String>,
    slack: [f64; 3],
}

/// The policy of a selection's walk: ascending depth, x, y, z.
#[derive(Debug)]
pub(crate) struct Reach(pub(crate) Arc<Selection>);

const AXES: [&str; 3] = ["X", "Y", "Z"];

impl Selection {
    pub(crate) fn new<'a>(
        query: &Query,
        metadata: &Metadata,
        addons: impl Iterator<Item = &'a str>,
    ) -> Result<Selection, Error> {
        let addons: Vec<String> = addons.map(str::to_owned).collect();
        let output_crs = query.selected_output_crs();
        let origin = query.selected_origin();
        let mut areas = query.selected_areas().to_vec();
        areas.extend(origin.and_then(|origin| origin_area(origin, metadata)));
        let filter = query.selected_filter();
        let names = filter.map(Filter::dimensions).unwrap_or_default();
        Ok(Selection {
            cover: Cover::new(&areas, query.selected_edge(), metadata)?,
            depth: query.max_depth(metadata)?.unwrap_or(Key::MAX_DEPTH),
            ranges: names
                .iter()
                .filter(|name| !is_among(&addons, name))
                .filter_map(|name| Some((name.clone(), range(metadata, name)?)))
                .collect(),
            filter: filter.cloned(),
            origin: origin.filter(|origin| !origin.by_bounds).cloned(),
            dimensions: query.selected_dimensions().map(<[String]>::to_vec),
            reprojection: output_crs
                .map(|crs| Reprojection::new(metadata, crs))
                .transpose()?,
            schema: metadata
                .schema()
                .iter()
                .map(|dimension| dimension.name.clone())
                .collect(),
            addons,
            slack: metadata.cell_slack(),
        })
    }

    /// Whether the decoder alone selects the points. It cannot where addons have values for all points of a tile.
    fn is_clip(&self) -> bool {
        self.cover.is_box() && self.addons.is_empty()
    }

    /// The decoder of all that the selection needs to see of a point.
    pub(crate) fn decoder(&self, of_all: &Decoder) -> Decoder {
        let mut decoder = of_all.clone();
        if self.addons.is_empty() {
            decoder = decoder.with_bounds(self.cover.envelope());
        }
        match self.decoded() {
            Some(names) => decoder.with_dimensions(names),
            None => decoder,
        }
    }

    /// The dimensions that are wanted, and those that decide about points; none for all.
    pub(crate) fn decoded(&self) -> Option<Vec<String>> {
        let mut names = self.dimensions.clone()?;
        if !self.is_clip() || self.reprojection.is_some() {
            names.extend(AXES.map(str::to_owned));
        }
        names.extend(self.origin.iter().map(|_| "OriginId".to_owned()));
        names.extend(
            self.filter
                .iter()
                .flat_map(|filter| filter.dimensions().iter().cloned()),
        );
        // What only an addon has is not in the tiles.
        names.retain(|name| !is_among(&self.addons, name) || is_among(&self.schema, name));
        Some(names)
    }

    /// The selected points of a decoded tile, with the wanted dimensions.
    pub(crate) fn select(
        &self,
        cell: &Bounds,
        mut points: PointBatch,
    ) -> Result<PointBatch, Error> {
        if !self.is_clip()
            && let Some(mask) = self.cover.mask(cell, &points)
        {
            points.retain(&mask);
        }
        if let Some(origin) = &self.origin {
            let mask = origin_mask(origin, &points)?;
            points.retain(&mask);
        }
        if let Some(filter) = &self.filter {
            self.check_dimensions(filter, &points)?;
            let mask = filter.mask(&points);
            points.retain(&mask);
        }
        if let Some(reprojection) = &self.reprojection {
            points = reprojection.apply(points)?;
        }
        Ok(match &self.dimensions {
            Some(names) => points.with_dimensions(names),
            None => points,
        })
    }

    /// A tile may lack what the schema has, and have what it lacks; what neither has is a slip.
    fn check_dimensions(&self, filter: &Filter, points: &PointBatch) -> Result<(), Error> {
        let is_unknown = |name: &&String| {
            points.find(name).is_none()
                && !is_among(&self.schema, name)
                && !is_among(&self.addons, name)
        };
        match filter.dimensions().iter().find(is_unknown) {
            None => Ok(()),
            Some(unknown) => {
                let known = self.schema.join(", ");
                Err(Error::Query(format!(
                    "the filter asks for {unknown}, which the dataset does not have; there are {known}"
                )))
            }
        }
    }

    /// Whether the values that the schema and the cell allow can meet the filter.
    fn is_possible(&self, cell: &Bounds) -> bool {
        let Some(filter) = &self.filter else {
            return true;
        };
        let cell = cell.grown(self.slack);
        filter.is_possible(|name| {
            let axis = AXES.iter().position(|axis| name.eq_ignore_ascii_case(axis));
            let known = self.ranges.iter().find(|(other, _)| other == name);
            let range = known.map(|(_, range)| *range);
            axis.map(|axis| [cell.min()[axis], cell.max()[axis]])
                .or(range)
        })
    }
}

impl Policy for Reach {
    fn rank(&self, key: Key, cell: &Bounds) -> Option<f64> {
        let Reach(selection) = self;
        let is_reached = key.depth() <= selection.depth
            && selection.cover.relation(cell) != Relation::Outside
            && selection.is_possible(cell);
        is_reached.then(|| -f64::from(key.depth()))
    }
}

fn is_among(names: &[String], name: &str) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// The extent of a source, as the builder rounded it.
fn origin_area(origin: &Origin, metadata: &Metadata) -> Option<Area> {
    let bounds = origin.bounds?;
    Some(Area::from(bounds.grown(metadata.cell_slack())))
}

fn origin_mask(origin: &Origin, points: &PointBatch) -> Result<Vec<bool>, Error> {
    let ids = points.values("OriginId").and_then(Values::to_f64);
    let ids = ids.ok_or_else(|| {
        Error::Query(
            "the tiles have no OriginId, so points cannot be told by their source; take all points within the source's \
             bounds instead if an overlap does not matter"
                .into(),
        )
    })?;
    Ok(ids.into_iter().map(|id| id == origin.id as f64).collect())
}

/// What the schema says of a dimension's values; X, Y and Z are known by the cell.
fn range(metadata: &Metadata, name: &str) -> Option<[f64; 2]> {
    let mut schema = metadata.schema().iter();
    let dimension = schema.find(|dimension| dimension.name.eq_ignore_ascii_case(name))?;
    let statistics = dimension.statistics.as_ref()?;
    let (low, high) = (statistics.minimum?, statistics.maximum?);
    // Builders write them with few digits.
    let slack = dimension.scale.abs() + 1e-6 * low.abs().max(high.abs());
    (low <= high).then_some([low - slack, high + slack])
}
