//! What a raster says of the points of a cell.

use std::fmt;
use std::str::FromStr;

use crate::RasterError;

/// What a raster says of the points of a cell.
///
/// The definitions are those of PDAL's `writers.gdal`, where it has them, but for ties and rounding, which there depend on
/// the order of points. All are functions of the set of points alone: any order gives the same bits.
///
/// Written and read as text: `count`, `density`, `min`, `max`, `mean`, `stdev`, `median`, `p95`, `p99.9`, `idw`, `idw2`,
/// `first`, `last`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Statistic {
    /// Number of points. 0 in a cell without points.
    Count,
    /// Points per unit of the area of a cell that the caller names, usually m². 0 in a cell without points.
    Density,
    /// Least value.
    Min,
    /// Greatest value.
    Max,
    /// Mean of the values.
    Mean,
    /// Standard deviation of the values: of the population, so divided by the number of points.
    Stdev,
    /// Median of the values: the 50th percentile.
    Median,
    /// A percentile from 0 to 100: linear between the values at ranks `p / 100 * (n - 1)`.
    Percentile(f64),
    /// Mean of the values weighted by `1 / distance^power`, from the centre of the cell in x and y. Points in the centre
    /// count alone; their mean is the value.
    Idw {
        /// Power of the distance; PDAL's default is 1.
        power: f64,
    },
    /// Value of the point that comes first by [`Points::order`](crate::Points::order); the least of several that come
    /// first. Points whose order is NaN don't count.
    First,
    /// Value of the point that comes last; the greatest of several.
    Last,
}

impl Statistic {
    /// Whether points need [`Points::order`](crate::Points::order).
    #[must_use]
    pub fn needs_order(self) -> bool {
        matches!(self, Statistic::First | Statistic::Last)
    }

    /// Whether a cell without points has a value, which is 0.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Statistic::Count | Statistic::Density)
    }

    /// Whether the points of a cell can be taken one by one, and forgotten.
    pub(crate) fn is_incremental(self) -> bool {
        self.counts() || matches!(self, Statistic::Min | Statistic::Max)
    }

    /// Whether the distances of points from the centre matter.
    pub(crate) fn needs_distance(self) -> bool {
        matches!(self, Statistic::Idw { .. })
    }

    /// The percentile that it is, from 0 to 100.
    pub(crate) fn percentile(self) -> Option<f64> {
        match self {
            Statistic::Median => Some(50.0),
            Statistic::Percentile(percentile) => Some(percentile),
            _ => None,
        }
    }

    /// Whether its number, if it has one, is possible.
    pub(crate) fn check(self) -> Result<(), RasterError> {
        let is_possible = match self {
            Statistic::Percentile(percentile) => (0.0..=100.0).contains(&percentile),
            Statistic::Idw { power } => power > 0.0 && power.is_finite(),
            _ => true,
        };
        if is_possible {
            Ok(())
        } else {
            Err(RasterError::Statistic(self.to_string()))
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Statistic::Count => "count",
            Statistic::Density => "density",
            Statistic::Min => "min",
            Statistic::Max => "max",
            Statistic::Mean => "mean",
            Statistic::Stdev => "stdev",
            Statistic::Median => "median",
            Statistic::Percentile(percentile) => return write!(f, "p{percentile}"),
            Statistic::Idw { power: 1.0 } => "idw",
            Statistic::Idw { power } => return write!(f, "idw{power}"),
            Statistic::First => "first",
            Statistic::Last => "last",
        };
        f.write_str(name)
    }
}

impl FromStr for Statistic {
    type Err = RasterError;

    fn from_str(text: &str) -> Result<Statistic, RasterError> {
        let unknown = || RasterError::Statistic(text.into());
        let name = text.trim().to_ascii_lowercase();
        let number = |digits: &str| digits.parse::<f64>().map_err(|_| unknown());
        let statistic = match name.as_str() {
            "count" => Statistic::Count,
            "density" => Statistic::Density,
            "min" => Statistic::Min,
            "max" => Statistic::Max,
            "mean" => Statistic::Mean,
            "stdev" => Statistic::Stdev,
            "median" => Statistic::Median,
            "idw" => Statistic::Idw { power: 1.0 },
            "first" => Statistic::First,
            "last" => Statistic::Last,
            other => {
                if let Some(power) = other.strip_prefix("idw") {
                    let power = number(power)?;
                    Statistic::Idw { power }
                } else if let Some(percentile) = other.strip_prefix('p') {
                    Statistic::Percentile(number(percentile)?)
                } else {
                    return Err(unknown());
                }
            }
        };
        statistic.check().map_err(|_| unknown())?;
        Ok(statistic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_read_as_they_are_written() {
        let names =
            "count density min max mean stdev median p0 p95 p99.9 p100 idw idw2 idw0.5 first last";
        for name in names.split(' ') {
            let statistic: Statistic = name.parse().unwrap();
            assert_eq!(statistic.to_string(), name);
        }
        assert_eq!(" P95".parse(), Ok(Statistic::Percentile(95.0)));
        assert_eq!("idw1".parse(), Ok(Statistic::Idw { power: 1.0 }));
    }

    #[test]
    fn other_texts_are_refused_with_what_is_possible() {
        for text in [
            "", "p", "p101", "p-1", "pnan", "pinf", "idw0", "idw-1", "idwinf", "average", "idwnan",
        ] {
            let error = text.parse::<Statistic>().unwrap_err();
            assert_eq!(error, RasterError::Statistic(text.into()));
        }
        let message = "average".parse::<Statistic>().unwrap_err().to_string();
        assert!(message.starts_with("\"average\" is not a statistic; use count, density, min"));
    }
}
