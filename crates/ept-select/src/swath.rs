//! Swaths: strips of ground along a line.

use ept_format::Bounds;
use ept_points::{Column, PointBatch, Values};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use crate::{Area, Crs, Frame, Length, Line, SelectError, Transform};

/// A strip of ground along a line, for profiles: it locates points along the line and to its sides.
///
/// Distances are horizontal, on the ground, in metres, measured in the coordinate system of the line with its local
/// scale. A point belongs to the nearest segment. At the ends of the line the strip is cut at a right angle.
///
/// ```
/// use ept_format::Metadata;
/// use ept_select::{Frame, Swath};
///
/// let metadata = Metadata::from_json(br#"{
///     "bounds": [500000, 0, 0, 500064, 64, 64], "span": 64, "dataType": "laszip",
///     "schema": [{"name": "X", "type": "signed", "size": 4, "scale": 0.01, "offset": 500032}],
///     "srs": {"authority": "EPSG", "horizontal": "26912"}
/// }"#)?;
/// let line = "LINESTRING (500000 0, 500030 40)".parse()?;
/// let swath = Swath::new(&line, None, "2m".parse()?, &Frame::from(&metadata))?;
/// let [along, beside] = swath.locate([500_029.0, 38.0, 7.0]).unwrap();
/// assert!((along - 47.8).abs() < 0.1 && beside < 0.0);
/// assert!(swath.locate([500_031.0, 41.0, 7.0]).is_none()); // beyond its end
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Swath {
    pieces: Vec<Piece>,
    /// Half the width, in metres.
    reach: f64,
    /// From the dataset's coordinates. `None` if the line is in them.
    transform: Option<Transform>,
    crs: Option<Crs>,
}

/// A piece of the line that is short enough for a single scale.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    start: [f64; 2],
    end: [f64; 2],
    /// Metres per unit along x and y.
    scale: [f64; 2],
    /// Distance from the start of the line, and length, in metres.
    from: f64,
    length: f64,
    /// Whether the line starts or ends here.
    is_first: bool,
    is_last: bool,
}

/// Length in metres after which the scale is determined again.
const PIECE: f64 = 1000.0;

/// Maximum number of pieces: a line around the Earth.
const MOST_PIECES: f64 = 50_000.0;

impl Swath {
    /// The strip of `width` on the ground, half of it on each side of a line in `crs` or, by default, in the dataset's
    /// coordinates.
    ///
    /// # Errors
    /// If the dataset's coordinate system is not known, or the line can't be located on the ground.
    pub fn new(
        line: &Line,
        crs: Option<&Crs>,
        width: Length,
        frame: &Frame,
    ) -> Result<Swath, SelectError> {
        let own = frame.crs()?;
        let ground = crs.unwrap_or(&own);
        let transform = crs.map(|crs| own.to(crs)).transpose()?;
        Ok(Swath {
            pieces: pieces(line, ground)?,
            reach: width.metres() / 2.0,
            transform: transform.filter(|transform| !transform.is_identity()),
            crs: crs.cloned(),
        })
    }

    /// The length of the line on the ground, in metres.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.pieces
            .last()
            .map_or(0.0, |piece| piece.from + piece.length)
    }

    /// An area that contains the swath and little more, for reading a dataset.
    ///
    /// # Errors
    /// None in practice.
    pub fn area(&self) -> Result<Area, SelectError> {
        let polygons = self.pieces.iter().map(|piece| piece.around(self.reach));
        let area = Area::new(MultiPolygon::new(polygons.collect()))?;
        Ok(match &self.crs {
            Some(crs) => area.in_crs(crs.clone()),
            None => area,
        })
    }

    /// Position of a point of the dataset along the line, and its distance to the left (negative to the right), in
    /// metres. `None` if it is not in the swath.
    #[must_use]
    pub fn locate(&self, point: [f64; 3]) -> Option<[f64; 2]> {
        let [x, y, _] = match &self.transform {
            Some(transform) => transform.apply(point)?,
            None => point,
        };
        let found = self
            .pieces
            .iter()
            .filter_map(|piece| piece.locate([x, y], self.reach));
        let nearest = found.reduce(|a, b| if b.distance < a.distance { b } else { a })?;
        nearest.is_within.then_some([nearest.along, nearest.beside])
    }

    /// The points of a batch inside the swath, with columns `Distance` and `Offset` (metres) before the others. The
    /// batch must have X, Y and Z.
    ///
    /// # Errors
    /// If it already has columns with these names.
    pub fn profile(&self, mut points: PointBatch) -> Result<PointBatch, ept_points::DecodeError> {
        let located = points.places().map(|place| self.locate(place));
        let located: Vec<_> = located.collect();
        let mask: Vec<bool> = located.iter().map(Option::is_some).collect();
        points.retain(&mask);
        let (own, storage) = points.into_parts();
        let [along, beside] = [0, 1].map(|i| located.iter().flatten().map(|at| at[i]).collect());
        let mut columns = vec![
            Column::new("Distance", Values::F64(along)),
            Column::new("Offset", Values::F64(beside)),
        ];
        columns.extend(own);
        Ok(PointBatch::new(columns)?.stored_as(&storage))
    }

    /// Whether a point in a cell of the dataset may be in the swath. Always true unless the line is in the dataset's
    /// coordinates.
    #[must_use]
    pub fn can_meet(&self, cell: &Bounds) -> bool {
        self.transform.is_some()
            || self
                .pieces
                .iter()
                .any(|piece| piece.can_meet(cell, self.reach))
    }
}

/// Position of a point relative to one piece.
struct Located {
    /// Metres to the nearest place of the piece.
    distance: f64,
    along: f64,
    beside: f64,
    is_within: bool,
}

impl Piece {
    fn metres(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            (x - self.start[0]) * self.scale[0],
            (y - self.start[1]) * self.scale[1],
        ]
    }

    fn locate(&self, place: [f64; 2], reach: f64) -> Option<Located> {
        let [x, y] = self.metres(place);
        let [ahead, across] = self.metres(self.end).map(|metres| metres / self.length);
        let along = x * ahead + y * across;
        let left = y * ahead - x * across;
        let on = along.clamp(0.0, self.length);
        let distance = left.hypot(along - on);
        // In a bend the point is nearest to the corner, and that distance is its offset.
        let is_cut = along < 0.0 && self.is_first || along > self.length && self.is_last;
        (distance <= reach).then_some(Located {
            distance,
            along: self.from + on,
            beside: distance.copysign(left),
            is_within: !is_cut,
        })
    }

    /// A box around the piece that contains everything within `reach`.
    fn around(&self, reach: f64) -> Polygon<f64> {
        // More than enough for the rounding of the corners.
        let reach = reach * 1.001 + 1e-6;
        let [ahead, across] = self
            .metres(self.end)
            .map(|metres| metres / self.length * reach);
        let corner = |place: [f64; 2], along: f64, left: f64| Coord {
            x: place[0] + (along * ahead - left * across) / self.scale[0],
            y: place[1] + (along * across + left * ahead) / self.scale[1],
        };
        let ring = vec![
            corner(self.start, -1.0, -1.0),
            corner(self.end, 1.0, -1.0),
            corner(self.end, 1.0, 1.0),
            corner(self.start, -1.0, 1.0),
        ];
        Polygon::new(LineString::new(ring), Vec::new())
    }

    fn can_meet(&self, cell: &Bounds, reach: f64) -> bool {
        (0..2).all(|i| {
            let grow = reach / self.scale[i];
            let low = f64::min(self.start[i], self.end[i]) - grow;
            let high = f64::max(self.start[i], self.end[i]) + grow;
            cell.min()[i] <= high && low <= cell.max()[i]
        })
    }
}

/// Divides the line into pieces, each with its scale.
fn pieces(line: &Line, crs: &Crs) -> Result<Vec<Piece>, SelectError> {
    let off = |x: f64, y: f64| {
        SelectError::Line(format!("{x} {y} can't be located on the ground in {crs}"))
    };
    let scale = |[x, y]: [f64; 2]| crs.metres_per_unit([x, y, 0.0]).ok_or_else(|| off(x, y));
    let between = |a: [f64; 2], b: [f64; 2], part: f64| [0, 1].map(|i| a[i] + (b[i] - a[i]) * part);
    let mut pieces: Vec<Piece> = Vec::new();
    for segment in line.0.lines() {
        let (a, b) = (
            [segment.start.x, segment.start.y],
            [segment.end.x, segment.end.y],
        );
        let [kx, ky] = scale(between(a, b, 0.5))?;
        let metres = ((b[0] - a[0]) * kx).hypot((b[1] - a[1]) * ky);
        let count = (metres / PIECE).ceil().max(1.0);
        if pieces.len() as f64 + count > MOST_PIECES {
            return Err(SelectError::Line(
                "it is longer than the Earth's circumference".into(),
            ));
        }
        for at in 0..count as usize {
            let [start, end] = [at, at + 1].map(|at| between(a, b, at as f64 / count));
            let scale = scale(between(start, end, 0.5))?;
            let from = pieces.last().map_or(0.0, |piece| piece.from + piece.length);
            pieces.push(Piece {
                start,
                end,
                scale,
                from,
                length: ((end[0] - start[0]) * scale[0]).hypot((end[1] - start[1]) * scale[1]),
                is_first: false,
                is_last: false,
            });
        }
    }
    if let Some(first) = pieces.first_mut() {
        first.is_first = true;
    }
    if let Some(last) = pieces.last_mut() {
        last.is_last = true;
    }
    Ok(pieces)
}
