//! Statistics of areas as CSV.

use std::fmt::Display;
use std::io::{self, Write};

use ept_job::AreaStatistics;
use ept_points::DimensionSummary;

/// Writes a header and a row for each area. Missing values are empty.
pub(crate) fn write(
    out: &mut impl Write,
    property: &str,
    areas: &[AreaStatistics],
) -> io::Result<()> {
    let columns = Columns::of(areas);
    writeln!(out, "{}", columns.header(property).join(","))?;
    for area in areas {
        writeln!(out, "{}", columns.row(area).join(","))?;
    }
    Ok(())
}

/// The columns after the name and the number of points.
struct Columns<'a> {
    dimensions: Vec<&'a str>,
    /// Whether percentiles of heights were computed.
    has_heights: bool,
    classes: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn of(areas: &'a [AreaStatistics]) -> Columns<'a> {
        let mut found = areas.iter().filter(|area| area.statistics().points() > 0);
        // If there are no points, the expected dimensions.
        let nothing = areas.first().filter(|_| found.clone().next().is_none());
        let mut dimensions: Vec<&str> = Vec::new();
        for (name, _) in found
            .by_ref()
            .chain(nothing)
            .flat_map(|area| area.statistics().dimensions())
        {
            if !dimensions.contains(&name) {
                dimensions.push(name);
            }
        }
        let classes = areas.iter().flat_map(|area| area.statistics().classes());
        let mut classes: Vec<i64> = classes.map(|(class, _)| class).collect();
        classes.sort_unstable();
        classes.dedup();
        Columns {
            dimensions,
            has_heights: areas.iter().any(|area| !area.percentiles().is_empty()),
            classes,
        }
    }

    fn levels(&self) -> impl Iterator<Item = (usize, f64)> {
        let levels = AreaStatistics::LEVELS.into_iter().enumerate();
        levels.filter(|_| self.has_heights)
    }

    fn header(&self, property: &str) -> Vec<String> {
        let mut cells = vec![quoted(property), "points".to_owned()];
        for name in &self.dimensions {
            let figures = ["min", "max", "mean", "stddev"];
            cells.extend(figures.map(|figure| quoted(&format!("{name}_{figure}"))));
        }
        cells.extend(self.levels().map(|(_, level)| format!("Z_p{level}")));
        let classes = self.classes.iter();
        cells.extend(classes.map(|class| format!("Classification_{class}")));
        cells
    }

    fn row(&self, area: &AreaStatistics) -> Vec<String> {
        let statistics = area.statistics();
        let mut cells = vec![quoted(area.name()), statistics.points().to_string()];
        let figures = statistics.dimensions();
        for name in &self.dimensions {
            let own = figures.iter().find(|(own, _)| own == name);
            let own = own.and_then(|(_, figures)| *figures);
            cells.extend([
                cell(own.and_then(DimensionSummary::min)),
                cell(own.and_then(DimensionSummary::max)),
                cell(own.and_then(DimensionSummary::mean)),
                cell(own.and_then(DimensionSummary::deviation)),
            ]);
        }
        cells.extend(
            self.levels()
                .map(|(at, _)| cell(area.percentiles().get(at))),
        );
        cells.extend(self.classes.iter().map(|class| {
            let found = area.statistics().classes().find(|(own, _)| own == class);
            found.map_or(0, |(_, points)| points).to_string()
        }));
        cells
    }
}

fn cell(value: Option<impl Display>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A text as a CSV field, quoted if necessary.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
