//! Footprints of areas: boxes, polygons, buffers.

use crate::Edge;
use crate::buffer::{Buffer, NearBuffer};
use crate::extent::{Extent, Relation};
use crate::rings::{Near, Rings};

/// A footprint, in the area's coordinates.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Box([Range; 2]),
    /// Each polygon, with its neighbourhood unrestricted.
    Polygons(Vec<(Rings, Near)>, Edge),
    Buffered(Buffer),
}

/// A range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) has_min: bool,
    pub(crate) has_max: bool,
}

/// A shape in the neighbourhood of a cell.
pub(crate) enum Tester<'a> {
    Box(&'a [Range; 2]),
    Polygons(Vec<Near>),
    Buffered(NearBuffer),
}

impl Shape {
    pub(crate) fn extent(&self) -> Extent {
        match self {
            Shape::Box([x, y]) => Extent {
                min: [x.min, y.min],
                max: [x.max, y.max],
            },
            Shape::Polygons(polygons, _) => polygons
                .iter()
                .fold(Extent::NOTHING, |all, (rings, _)| all.union(rings.extent())),
            Shape::Buffered(buffer) => buffer.extent(),
        }
    }

    pub(crate) fn relation(&self, extent: Extent) -> Relation {
        match self {
            Shape::Box(ranges) => {
                let relation = |i: usize| ranges[i].relation(extent.min[i], extent.max[i]);
                relation(0).min(relation(1))
            }
            Shape::Polygons(polygons, _) => {
                let near = polygons.iter().map(|(rings, _)| rings);
                let near = near.filter(|rings| rings.extent().meets(extent));
                let relations = near.map(|rings| rings.relation(extent));
                relations.max().unwrap_or(Relation::Outside)
            }
            Shape::Buffered(buffer) => buffer.near(extent).relation(),
        }
    }

    pub(crate) fn near(&self, extent: Extent) -> Tester<'_> {
        match self {
            Shape::Box(ranges) => Tester::Box(ranges),
            Shape::Polygons(polygons, edge) => {
                let near = polygons.iter().map(|(rings, _)| rings);
                let near = near.filter(|rings| rings.extent().meets(extent));
                Tester::Polygons(near.map(|rings| rings.near(extent, *edge)).collect())
            }
            Shape::Buffered(buffer) => Tester::Buffered(buffer.near(extent)),
        }
    }

    /// Whether any position is inside.
    pub(crate) fn contains(&self, place: [f64; 2]) -> bool {
        let spot = Extent::around(place, [0.0; 2]);
        match self {
            Shape::Box(ranges) => (0..2).all(|i| ranges[i].contains(place[i])),
            Shape::Polygons(polygons, _) => polygons
                .iter()
                .any(|(rings, whole)| rings.extent().meets(spot) && whole.contains(place)),
            Shape::Buffered(buffer) => buffer.contains(place),
        }
    }
}

impl Tester<'_> {
    pub(crate) fn contains(&self, place: [f64; 2]) -> bool {
        match self {
            Tester::Box(ranges) => (0..2).all(|i| ranges[i].contains(place[i])),
            Tester::Polygons(polygons) => polygons.iter().any(|near| near.contains(place)),
            Tester::Buffered(near) => near.contains(place),
        }
    }

    pub(crate) fn is_doubtful(&self, place: [f64; 2], error: [f64; 2]) -> bool {
        match self {
            Tester::Box(ranges) => (0..2).any(|i| ranges[i].is_doubtful(place[i], error[i])),
            Tester::Polygons(polygons) => {
                polygons.iter().any(|near| near.is_doubtful(place, error))
            }
            Tester::Buffered(near) => near.is_doubtful(place, error),
        }
    }
}

impl Range {
    /// Points on an outer edge count as just below it: they are in the range that ends there, not in the one that
    /// starts there.
    pub(crate) fn new(min: f64, max: f64, edge: Edge, outer: &[f64]) -> Range {
        Range {
            min,
            max,
            has_min: edge == Edge::Closed || !outer.contains(&min),
            has_max: edge == Edge::Closed || outer.contains(&max) || max == f64::INFINITY,
        }
    }

    pub(crate) fn contains(&self, value: f64) -> bool {
        let above = value > self.min || self.has_min && value == self.min;
        let below = value < self.max || self.has_max && value == self.max;
        above && below
    }

    pub(crate) fn is_doubtful(&self, value: f64, error: f64) -> bool {
        (value - self.min).abs() <= error || (value - self.max).abs() <= error
    }

    pub(crate) fn relation(&self, min: f64, max: f64) -> Relation {
        match (
            self.contains(min) && self.contains(max),
            min <= self.max && self.min <= max,
        ) {
            (true, _) => Relation::Inside,
            (false, true) => Relation::Edge,
            (false, false) => Relation::Outside,
        }
    }
}
