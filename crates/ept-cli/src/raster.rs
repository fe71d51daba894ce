//! Flags and steps that all commands share that make rasters.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use ept_job::{
    CellKind, Cells, Compression, Fill, OutlierRule, OutputError, Pass, RasterFiles, RasterModel,
    RasterProgress, RasterSummary, Reach, Relief, Statistic, Surface, cell_size, cells_like,
    raster_units, write_hillshade, write_raster,
};
use ept_reader::{Crs, Filter, Spacing};

use crate::args::{PointArgs, ReadArgs};
use crate::choice::Choice;
use crate::exit::{Outcome, WrongUsage};
use crate::numbers::{grouped, rounded};
use crate::progress::Bar;
use crate::raster_values::{MaxEdge, max_edge, place};
use crate::terminal::tell;
use crate::values::count;
use crate::{area, credits, losses, select, work_units};

/// What all rasters of points have.
#[derive(Debug, Args)]
pub(crate) struct RasterArgs {
    #[command(flatten)]
    pub(crate) points: PointArgs,
    /// File to write, a Cloud Optimized GeoTIFF: complete or not at all
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Edge length of a cell: a length on the ground such as 1m, 50cm or 3ft, or units of the coordinate system such as 1u
    #[arg(long, value_name = "SIZE", default_value = "1m", value_parser = cell_size)]
    pub(crate) resolution: Spacing,
    /// Place of a corner of a cell; the others are at multiples of the resolution from it
    #[arg(long, value_name = "X,Y", default_value = "0,0", allow_hyphen_values = true, value_parser = place)]
    pub(crate) align: [f64; 2],
    /// Take the cells of this GeoTIFF: their size, corners and extent
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resolution", "align"])]
    pub(crate) like: Option<PathBuf>,
    /// Make the raster in this coordinate system, from transformed points: an EPSG code such as EPSG:32633, WKT, or a PROJ
    /// string
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) out_crs: Option<Crs>,
    /// Compression of the file; with lerc, values differ by at most 0.001
    #[arg(long, value_name = "METHOD", default_value = "deflate")]
    pub(crate) compress: Choice<Compression>,
    /// Also write what each cell is: 0 outside of the data or the area, 1 measured, 2 interpolated, 3 void, 4 incomplete,
    /// because data could not be read
    #[arg(long, value_name = "FILE")]
    pub(crate) mask: Option<PathBuf>,
    /// Also write the distance of each cell's centre to the nearest point that was used, in units of the coordinate system
    #[arg(long, value_name = "FILE")]
    pub(crate) distance: Option<PathBuf>,
    /// Read only the upper depths of the octree, down to a spacing of a quarter of a cell: fast and rough
    #[arg(long)]
    pub(crate) preview: bool,
    /// Allow --preview for statistics that a part of the points distorts: minimum, maximum, count, density, percentiles
    #[arg(long, requires = "preview")]
    pub(crate) biased: bool,
    /// Write a report of what was read and lost to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Divide the raster into at most N work units for `ept run`, and write them to the file instead, as lines of JSON
    #[arg(
        long,
        value_name = "N",
        conflicts_with_all = ["mask", "distance", "report", "preview"],
        allow_hyphen_values = true,
        value_parser = count
    )]
    pub(crate) units: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// How a surface is made of points.
#[derive(Debug, Args)]
pub(crate) struct SurfaceArgs {
    /// Which points count for a cell, unless the method is tin: those in it, or those within a radius of its centre, by
    /// default the diagonal of a cell as in PDAL
    #[arg(long, value_name = "cell|radius[=R]")]
    pub(crate) kernel: Option<Reach>,
    /// Leave out points far from all others, as PDAL's `filters.outlier`: the mean distance to the nearest k points is
    /// above the average of all by m standard deviations, or fewer than k other points are within a radius
    #[arg(long, value_name = "k=8,m=3|radius=1m,k=2")]
    pub(crate) outlier: Option<OutlierRule>,
    /// Longest edge of a triangle, on the ground; cells in larger triangles stay void. `none` for no limit
    #[arg(long, value_name = "LENGTH", default_value = "50m", value_parser = max_edge)]
    pub(crate) max_edge: MaxEdge,
    /// Give void cells a value: from cells at most N away as PDAL's `window_size`, from triangles of any size, or from
    /// triangles of the upper depths of the octree
    #[arg(long, value_name = "none|window=N|tin|octree", default_value = "none")]
    pub(crate) fill: Fill,
    /// Also write a hillshade of the surface: a picture if the file is a .png, else a GeoTIFF
    #[arg(long, value_name = "FILE")]
    pub(crate) hillshade: Option<PathBuf>,
}

impl SurfaceArgs {
    /// The surface of a statistic, or of triangles if there is none.
    pub(crate) fn of(&self, statistic: Option<Statistic>) -> Result<Surface> {
        let Some(statistic) = statistic else {
            if self.kernel.is_some() {
                let problem = "--kernel is for methods other than tin";
                return Err(WrongUsage(problem.into()).into());
            }
            return Ok(Surface::Tin);
        };
        Ok(Surface::Statistics {
            reach: self.kernel.unwrap_or(Reach::Cell),
            statistics: vec![statistic],
        })
    }

    /// The raster of a surface of the points that meet a condition.
    pub(crate) fn model(
        &self,
        raster: &RasterArgs,
        surface: Surface,
        uses: Filter,
    ) -> Result<RasterModel> {
        Ok(RasterModel {
            uses: Some(uses),
            outliers: self.outlier,
            max_edge: self.max_edge,
            fill: self.fill,
            ..raster.model(surface)?
        })
    }
}

impl RasterArgs {
    /// The raster of these flags, of all points.
    pub(crate) fn model(&self, surface: Surface) -> Result<RasterModel> {
        let cells = match &self.like {
            Some(path) => cells_like(path)?,
            None => Cells::Sized {
                size: self.resolution,
                corner: self.align,
            },
        };
        Ok(RasterModel::new(cells, surface))
    }

    /// The files of these flags.
    fn files(&self) -> RasterFiles {
        RasterFiles {
            raster: self.output.clone(),
            mask: self.mask.clone(),
            distance: self.distance.clone(),
            compression: self.compress.0,
        }
    }

    /// Makes a raster and reports everything.
    pub(crate) async fn run(
        &self,
        model: &RasterModel,
        hillshade: Option<&Path>,
    ) -> Result<Outcome> {
        if let Some(count) = self.units {
            return self.divide(model, hillshade, count).await;
        }
        let files = self.files();
        let wrong = |problem: OutputError| WrongUsage(problem.to_string());
        files
            .check_names(hillshade, self.report.as_deref())
            .map_err(wrong)?;
        if self.preview && !self.biased {
            let refused = |problem: OutputError| WrongUsage(format!("{problem} (--biased)"));
            model.check_preview().map_err(refused)?;
        }
        let mut pass = self.pass(model).await?;
        let bar = Bar::new(self.read.quiet);
        let show = |progress: &RasterProgress| bar.show_raster(progress);
        let made = write_raster(&mut pass, model, &files, show).await;
        bar.finish();
        if let Some(path) = &self.report {
            let text = format!("{:#}\n", RasterSummary::report(&pass, &made));
            std::fs::write(path, text)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        losses::tell(pass.losses(), self.read.quiet);
        losses::remark(pass.remarks(), &self.read);
        let made = made?;
        if let Some(path) = hillshade {
            write_hillshade(&files.raster, path, Relief::default())?;
        }
        if !self.read.quiet {
            self.summarize(&pass, &made);
        }
        Ok(losses::outcome(pass.losses()))
    }

    /// Writes the work units of a raster.
    async fn divide(
        &self,
        model: &RasterModel,
        hillshade: Option<&Path>,
        count: NonZeroUsize,
    ) -> Result<Outcome> {
        if hillshade.is_some() {
            let problem = "a hillshade is made of the merged raster (ept hillshade)";
            return Err(WrongUsage(problem.into()).into());
        }
        let mut pass = self.pass(model).await?;
        let units = raster_units(&mut pass, model, self.compress.0, count).await?;
        work_units::write(&units, Some(&self.output), self.read.quiet)?;
        losses::tell(pass.losses(), self.read.quiet);
        Ok(losses::outcome(pass.losses()))
    }

    async fn pass(&self, model: &RasterModel) -> Result<Pass> {
        let points = &self.points;
        let areas = area::areas(&points.area)?;
        let reach = (&areas[..], points.area.edge.0);
        let dataset = select::dataset(&points.dataset, &points.addons, &self.read, reach).await?;
        let mut query = select::points_query(points, areas, &dataset).await?;
        if let Some(crs) = &self.out_crs {
            query = query.with_output_crs(crs.clone());
        }
        if self.preview {
            query = model.previewed(query);
        }
        let selection = select::bind(&dataset, &query, &self.read)?;
        Ok(Pass::new(selection, self.read.on_error.0))
    }

    fn summarize(&self, pass: &Pass, made: &RasterSummary) {
        let engine = pass.selection().dataset().engine();
        tell!(
            "{} x {} cells of {} units, {} of {} points used, to {}; {} s",
            made.grid.columns(),
            made.grid.rows(),
            rounded(made.grid.lattice().cell(), 6),
            grouped(made.used),
            grouped(made.selected),
            self.output.display(),
            rounded(engine.elapsed().as_secs_f64(), 3),
        );
        if let Some(uses) = &made.uses {
            tell!("used: points with {uses}");
        }
        if let Some(outliers) = &made.outliers {
            let points = grouped(outliers.points);
            match &outliers.distances {
                Some(distances) => {
                    let distance = rounded(distances.threshold, 6);
                    tell!(
                        "outliers: {points} points, with a mean distance of {distance} units or more"
                    );
                }
                None => tell!("outliers: {points} points, with few others around"),
            }
        }
        let kinds = CellKind::ALL.iter().map(|kind| {
            let cells = made.cells(*kind);
            format!("{} {kind}", grouped(cells))
        });
        tell!("cells: {}", kinds.collect::<Vec<_>>().join(", "));
        credits::tell(pass.selection().dataset());
        if made.selected == 0 {
            select::tell_nothing(pass.selection(), pass.losses(), pass.remarks());
        }
    }
}
