//! The Delaunay triangulation of a set of points.

use super::Duplicates;
use super::cavity::Cavity;
use super::order::insertion_order;
use super::predicate::{compare, orientation};
use super::triangle::Triangle;
use super::walk::Location;
use crate::{Points, RasterError};

/// The Delaunay triangulation of a set of points: no circle through the corners of a triangle has another point inside.
///
/// It is exact and unique: the same points give the same triangles, in whatever order and portions they come. Where more
/// than three points are on a circle, as on regular grids, their order by X, then Y decides. Places with several points
/// are one vertex.
///
/// It takes about 72 bytes a point, and as much time for the n-th as for the first.
#[derive(Debug, Clone)]
pub struct Triangulation {
    duplicates: Duplicates,
    pub(super) places: Vec<[f64; 2]>,
    values: Vec<f64>,
    /// Empty as long as all points are on a line.
    pub(super) triangles: Vec<Triangle>,
    /// Where the last point was inserted.
    pub(super) last: u32,
    pub(super) cavity: Cavity,
}

impl Triangulation {
    /// Largest magnitude of coordinates and values, 2^100. Beyond, products of them would overflow.
    pub const FARTHEST: f64 = (1_u128 << 100) as f64;

    /// Largest number of points: triangles are counted in 32 bits.
    pub const LARGEST: usize = 1 << 30;

    /// A triangulation of no points.
    #[must_use]
    pub fn new(duplicates: Duplicates) -> Triangulation {
        Triangulation {
            duplicates,
            places: Vec::new(),
            values: Vec::new(),
            triangles: Vec::new(),
            last: 0,
            cavity: Cavity::default(),
        }
    }

    /// Adds points. Coordinates closer to 0 than 2^-100 are taken as 0, so that no product of them underflows.
    ///
    /// # Errors
    /// If a coordinate or value is not finite or beyond [`Triangulation::FARTHEST`], or there are more than
    /// [`Triangulation::LARGEST`] points. Nothing is added then.
    pub fn extend(&mut self, points: &Points) -> Result<(), RasterError> {
        let columns = points.x.iter().zip(&points.y).zip(&points.value);
        let count = columns.len();
        if self.places.len().saturating_add(count) > Triangulation::LARGEST {
            return Err(RasterError::Crowd(Triangulation::LARGEST));
        }
        for ((x, y), value) in columns.clone() {
            let is_usable = |number: &&f64| number.abs() <= Triangulation::FARTHEST;
            if let Some(number) = [x, y, value].into_iter().find(|n| !is_usable(n)) {
                return Err(RasterError::Coordinate(*number));
            }
        }
        let mut places: Vec<[f64; 2]> = Vec::with_capacity(count);
        places.extend(columns.map(|((x, y), _)| [flushed(*x), flushed(*y)]));
        if self.triangles.is_empty() {
            // So far all points were on a line: from the start, together with the new ones.
            places.append(&mut self.places);
            let mut values = points.value[..count].to_vec();
            values.append(&mut self.values);
            self.begin(&places, &values);
        } else {
            let order = insertion_order(&places);
            self.reserve(order.len());
            for index in order {
                self.insert(places[index as usize], points.value[index as usize]);
            }
        }
        Ok(())
    }

    /// Number of vertices: points at different places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are no points.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// X and Y of the vertices.
    #[must_use]
    pub fn places(&self) -> &[[f64; 2]] {
        &self.places
    }

    /// Values of the vertices.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The triangles: indices of three vertices each, counterclockwise. None if all points are on a line.
    pub fn triangles(&self) -> impl Iterator<Item = [u32; 3]> {
        let inner = self.triangles.iter().filter(|t| !t.is_ghost());
        inner.map(|triangle| triangle.corners)
    }

    /// The triangles that were made since there were this many vertices, with their numbers.
    pub(crate) fn triangles_since(&self, vertices: u32) -> impl Iterator<Item = (u32, [u32; 3])> {
        let all = (0_u32..).zip(&self.triangles);
        // A triangle is made for a vertex, which is one of its corners.
        let new = all.filter(move |(_, triangle)| {
            !triangle.is_ghost() && triangle.corners.iter().any(|corner| *corner >= vertices)
        });
        new.map(|(number, triangle)| (number, triangle.corners))
    }

    /// Whether the triangle of a number still is the one with these corners.
    pub(crate) fn has(&self, number: u32, corners: [u32; 3]) -> bool {
        let triangle = self.triangles.get(number as usize);
        triangle.is_some_and(|triangle| triangle.corners == corners)
    }

    /// The edges of the convex hull: indices of two vertices each, with everything outside on the left.
    pub fn hull(&self) -> impl Iterator<Item = [u32; 2]> {
        let ghosts = self.triangles.iter().filter(|t| t.is_ghost());
        ghosts.map(|ghost| [ghost.corners[0], ghost.corners[1]])
    }

    /// The first triangle of three points not on a line, then all points.
    fn begin(&mut self, places: &[[f64; 2]], values: &[f64]) {
        let order = insertion_order(places);
        let place = |index: &u32| places[*index as usize];
        let Some([a, b, c]) = first_corners(&order, place) else {
            return self.line_up(places, values);
        };
        self.reserve(order.len());
        for corner in [a, b, c] {
            self.places.push(place(&corner));
            self.values.push(values[corner as usize]);
        }
        self.triangles.extend(Triangle::first([0, 1, 2]));
        self.last = 0;
        for index in order {
            self.insert(places[index as usize], values[index as usize]);
        }
    }

    /// Vertices without triangles: all places are on a line.
    fn line_up(&mut self, places: &[[f64; 2]], values: &[f64]) {
        let mut vertices: Vec<_> = places.iter().zip(values).collect();
        vertices.sort_by(|a, b| compare(*a.0, *b.0));
        for same in vertices.chunk_by(|a, b| a.0 == b.0) {
            let value = same.iter().map(|(_, value)| **value);
            let Some(value) = value.reduce(|a, b| self.duplicates.choose(a, b)) else {
                continue;
            };
            self.places.push(*same[0].0);
            self.values.push(value);
        }
    }

    fn reserve(&mut self, points: usize) {
        // Some more: a surface grows by a few of the points around it, and would take twice the memory for them.
        let points = points + points / 8;
        self.places.reserve(points);
        self.values.reserve(points);
        self.triangles.reserve(2 * points);
    }

    fn insert(&mut self, place: [f64; 2], value: f64) {
        let Some(location) = self.locate(place, self.last) else {
            return;
        };
        if let Location::Inside(triangle) = location {
            let corners = self.triangles[triangle as usize].corners;
            let same = |corner: &u32| self.places[*corner as usize] == place;
            if let Some(corner) = corners.into_iter().find(same) {
                let held = &mut self.values[corner as usize];
                *held = self.duplicates.choose(*held, value);
                self.last = triangle;
                return;
            }
        }
        let vertex = self.places.len() as u32;
        self.places.push(place);
        self.values.push(value);
        self.replace(vertex, location.triangle());
    }
}

/// Three points that are not on a line, counterclockwise.
fn first_corners(order: &[u32], place: impl Fn(&u32) -> [f64; 2]) -> Option<[u32; 3]> {
    let a = order.first()?;
    let b = order.iter().find(|b| place(b) != place(a))?;
    let side = |c: &u32| orientation(place(a), place(b), place(c));
    let c = order.iter().find(|c| side(c) != 0.0)?;
    Some(if side(c) > 0.0 {
        [*a, *b, *c]
    } else {
        [*b, *a, *c]
    })
}

/// The coordinate, or 0 if products of it would underflow.
fn flushed(coordinate: f64) -> f64 {
    if coordinate.abs() < Triangulation::FARTHEST.recip() {
        0.0
    } else {
        coordinate
    }
}
