//! About how large the files of a result are, by what is known before a tile is read.

use ept_reader::{Dimension, Frame, ScalarType};

/// What is known of the tiles of a result: bytes, nodes and points of all that are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tiles {
    /// Bytes of a point in them.
    pub(crate) bytes: f64,
    /// Nodes for each point.
    pub(crate) nodes: f64,
    pub(crate) kind: TileKind,
}

/// How points are stored in the tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TileKind {
    /// LAZ files.
    Laz,
    /// Chunks of a LAZ or COPC file.
    Chunks,
    /// Zstandard.
    Zstandard,
    /// Records as they are.
    Plain,
}

/// Bytes that a LAZ file has besides its points (header and records), and that its models cost that begin anew.
const FILE: f64 = 1400.0;
/// The same of a node that is a chunk.
const CHUNK: f64 = 300.0;

/// Bytes of a point in each format, about. The numbers are measured: of airborne and terrestrial lidar, 0.1 to 10 million points.
#[derive(Debug, Clone)]
pub(crate) struct PointSizes<'a> {
    frame: &'a Frame,
    /// The dimensions of the result.
    dimensions: Vec<&'a Dimension>,
    tiles: Tiles,
}

impl<'a> PointSizes<'a> {
    /// Of a result with these dimensions, all of them if none are named.
    pub(crate) fn new(frame: &'a Frame, asked: Option<&[String]>, tiles: Tiles) -> PointSizes<'a> {
        let dimensions = match asked {
            None => frame.schema.iter().collect(),
            Some(names) => names
                .iter()
                .filter_map(|name| frame.dimension(name))
                .collect(),
        };
        PointSizes {
            frame,
            dimensions,
            tiles,
        }
    }

    /// The formats, each with its size.
    pub(crate) fn formats(&self) -> [(&'static str, f64); 7] {
        let csv = self.text(&self.dimensions);
        let xyz: Vec<&Dimension> = ["X", "Y", "Z"]
            .into_iter()
            .filter_map(|name| self.frame.dimension(name))
            .collect();
        [
            ("laz", self.laz()),
            ("copc.laz", self.copc()),
            ("las", self.las()),
            ("parquet", self.parquet()),
            ("csv", csv),
            // Between 0.13 and 0.22.
            ("csv.gz", csv * 0.18),
            ("xyz", self.text(&xyz)),
        ]
    }

    /// A record of LAS: flags and returns share bytes, and scan angles have one or two.
    fn las(&self) -> f64 {
        let bits = |dimension: &&Dimension| match &*dimension.name {
            "X" | "Y" | "Z" => 32,
            "ReturnNumber" | "NumberOfReturns" => 4,
            "ScanDirectionFlag" | "EdgeOfFlightLine" | "Synthetic" | "KeyPoint" | "Withheld"
            | "Overlap" => 1,
            "ScanChannel" => 2,
            "ScanAngleRank" => 12,
            _ => 8 * dimension.scalar.size(),
        };
        let asked = self.dimensions.iter().map(bits);
        // The least format of points has these, asked for or not.
        (asked.sum::<usize>() as f64 / 8.0).max(20.0)
    }

    fn laz(&self) -> f64 {
        let Tiles { bytes, nodes, kind } = self.tiles;
        match kind {
            TileKind::Laz => (bytes - FILE * nodes).max(bytes / 3.0),
            TileKind::Chunks => (bytes - CHUNK / 2.0 * nodes).max(bytes / 2.0),
            TileKind::Zstandard => bytes * 0.6,
            TileKind::Plain => bytes * 0.2,
        }
    }

    fn copc(&self) -> f64 {
        let Tiles { bytes, nodes, kind } = self.tiles;
        match kind {
            TileKind::Laz => (bytes - CHUNK * nodes).max(self.laz()),
            TileKind::Chunks => bytes,
            TileKind::Zstandard | TileKind::Plain => self.laz() * 1.05,
        }
    }

    /// Coordinates are there twice, as columns and as geometry, and are nearly all of it. How well they compress, LAZ tells.
    fn parquet(&self) -> f64 {
        let whole = 14.5 + 1.8 * self.laz();
        let weight = |dimensions: &mut dyn Iterator<Item = &Dimension>| {
            20.0 + dimensions.map(weight).sum::<f64>()
        };
        let asked = weight(&mut self.dimensions.iter().copied());
        whole * asked / weight(&mut self.frame.schema.iter())
    }

    /// A value and the comma behind it for each dimension.
    fn text(&self, dimensions: &[&Dimension]) -> f64 {
        let lengths = dimensions.iter().map(|d| self.length(d) + 1.0);
        lengths.sum()
    }

    /// Characters of a value.
    fn length(&self, dimension: &Dimension) -> f64 {
        let statistics = dimension.statistics.clone().unwrap_or_default();
        let axis = ["X", "Y", "Z"]
            .iter()
            .position(|axis| *axis == dimension.name);
        if let Some(axis) = axis {
            let extent = self.frame.extent();
            let (min, max) = (extent.min()[axis], extent.max()[axis]);
            return number(min, f64::midpoint(min, max)) + decimals(dimension.scale);
        }
        let ends = (statistics.minimum, statistics.maximum, statistics.mean);
        let (Some(min), Some(max), Some(mean)) = ends else {
            return usual_length(dimension);
        };
        if min == max || dimension.scalar.is_integer() {
            return number(min, mean);
        }
        match &*dimension.name {
            "GpsTime" => usual_length(dimension),
            _ => number(min, mean) + decimals(dimension.scale),
        }
    }
}

/// Bytes of a value in a column of Parquet beside coordinates and geometry, about.
fn weight(dimension: &Dimension) -> f64 {
    match &*dimension.name {
        "X" | "Y" | "Z" => 0.0,
        "GpsTime" => 3.5,
        "Intensity" | "Red" | "Green" | "Blue" | "Infrared" => 0.9,
        _ if dimension.scalar.size() == 1 => 0.05,
        "PointSourceId" | "OriginId" | "ScanAngleRank" => 0.05,
        _ => dimension.scalar.size() as f64 / 2.0,
    }
}

/// Characters of a whole number that is about `mean`, where the least is `min`.
fn number(min: f64, mean: f64) -> f64 {
    let digits = mean.abs().max(1.0).log10().floor() + 1.0;
    let sign = match (min < 0.0, mean < 0.0) {
        (_, true) => 1.0,
        (true, false) => 0.5,
        (false, false) => 0.0,
    };
    digits + sign
}

/// Characters behind a number that is a multiple of a scale: point and decimals, but for zeros at the end. As a number that
/// is no multiple of anything, a float has all digits that there are.
fn decimals(scale: f64) -> f64 {
    if scale == 1.0 || scale.is_nan() || scale <= 0.0 {
        return 9.0;
    }
    // Of a scale such as 0.00025 every place counts that it has.
    let places = (0..12).find(|places| {
        let scaled = scale * 10_f64.powi(*places);
        (scaled - scaled.round()).abs() < 1e-6 && scaled.round() >= 1.0
    });
    match places.unwrap_or(12) {
        0 => 0.0,
        places => f64::from(places) + 0.9,
    }
}

/// Characters of a value of which nothing but name and type is known.
fn usual_length(dimension: &Dimension) -> f64 {
    match &*dimension.name {
        "ReturnNumber" | "NumberOfReturns" | "ScanDirectionFlag" | "EdgeOfFlightLine"
        | "Synthetic" | "KeyPoint" | "Withheld" | "Overlap" | "ScanChannel" | "Classification"
        | "OriginId" => 1.0,
        "UserData" => 1.5,
        "ScanAngleRank" => 2.5,
        "Intensity" | "PointSourceId" => 3.5,
        "Red" | "Green" | "Blue" | "Infrared" => 4.5,
        "GpsTime" => 16.5,
        _ => match dimension.scalar {
            ScalarType::F32 => 8.0,
            ScalarType::F64 => 16.0,
            scalar => match scalar.size() {
                1 => 2.0,
                2 => 3.5,
                4 => 6.0,
                8 => 12.0,
                size => 2.0 * size as f64,
            },
        },
    }
}
