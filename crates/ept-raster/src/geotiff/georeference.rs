//! Where the cells of a file are.

use std::io::{Read, Seek};

use ept_format::{GeoKey, GeoKeys};

use super::directory::Directory;
use super::{GeoTiffError, tag};
use crate::{Grid, Lattice, Window};

/// Reads the grid of an image of this size.
pub(super) fn grid(
    directory: &Directory,
    file: &mut (impl Read + Seek),
    keys: &GeoKeys,
    [columns, rows]: [u32; 2],
) -> Result<Grid, GeoTiffError> {
    let [x, y, width, height] = corner(directory, file)?;
    if !(x.is_finite() && y.is_finite() && width.is_finite() && width > 0.0) {
        return Err(GeoTiffError::Cells(format!(
            "can't be {width} units wide, at {x}, {y}"
        )));
    }
    if height < 0.0 {
        let problem = "are in rows from south to north: turn it with gdalwarp";
        return Err(GeoTiffError::Cells(problem.into()));
    }
    // Over all rows or columns, a difference must not matter.
    let drift = (width - height).abs() * f64::from(columns.max(rows));
    if drift.is_nan() || drift > 0.01 * width {
        return Err(GeoTiffError::Cells(format!(
            "are not squares, but {width} x {height}: make squares with gdalwarp -tr {width} {width}, or give the cell size \
             and --align instead"
        )));
    }
    const POINT: u16 = 2;
    let [x, y] = if keys.number(GeoKey::RasterType) == Some(POINT) {
        [x - width / 2.0, y + width / 2.0]
    } else {
        [x, y]
    };
    let (corner_x, west) = count(x, width);
    let (corner_y, north) = count(y, width);
    let window = Window {
        west,
        south: north - i64::from(rows),
        columns,
        rows,
    };
    let unusable =
        |error: crate::RasterError| GeoTiffError::Unsupported(format!("is unusable: {error}"));
    let lattice = Lattice::new(width, [corner_x, corner_y]).map_err(unusable)?;
    Grid::new(lattice, window).map_err(unusable)
}

/// The corner from which cells are counted, and the index of the edge at a coordinate: 0 and the multiple of the cell
/// if it is one, so that rasters whose edges are multiples have the same lattice.
fn count(edge: f64, cell: f64) -> (f64, i64) {
    const FARTHEST: f64 = (1_i64 << 52) as f64;
    let index = (edge / cell).round();
    if index.abs() < FARTHEST && index * cell == edge {
        (0.0, index as i64)
    } else {
        (edge, 0)
    }
}

/// X and Y of the north-western corner, or the centre of the cell there, width and height of cells.
fn corner(directory: &Directory, file: &mut (impl Read + Seek)) -> Result<[f64; 4], GeoTiffError> {
    let rotated = || {
        let problem = "are rotated: turn it with gdalwarp";
        GeoTiffError::Cells(problem.into())
    };
    let matrix = directory.doubles(file, tag::TRANSFORMATION)?;
    if let [a, b, _, x, d, e, _, y, ..] = matrix[..] {
        if b != 0.0 || d != 0.0 {
            return Err(rotated());
        }
        return Ok([x, y, a, -e]);
    }
    let scale = directory.doubles(file, tag::PIXEL_SCALE)?;
    let tie = directory.doubles(file, tag::TIEPOINT)?;
    let ([width, height, ..], [column, row, _, x, y, _]) = (&scale[..], &tie[..]) else {
        let problem = "have no place: give it one with gdal_edit.py -a_ullr";
        return Err(GeoTiffError::Cells(problem.into()));
    };
    // As GDAL, whatever the sign of the height: the scale can't say that north is down.
    let height = height.abs();
    Ok([x - column * width, y + row * height, *width, height])
}
