//! The files of a raster.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ept_crs::{CrsError, FileSrs, geo_keys, horizontal_unit, pam_xml, vertical_unit};
use ept_format::{GeoKeys, is_same_dimension};
use ept_raster::{
    Band, CellKind, CogLayout, Compression, EncodedTile, Grid, Raster, Resampling, SampleType,
};
use ept_reader::Engine;

use super::maker::Maker;
use super::model::{RasterModel, Surface};
use super::raster_file::{Finished, RasterFile};
use super::summary::RasterSummary;
use crate::note::note;
use crate::pending::Pending;
use crate::{JobError, OutputError, Pass, Remark, sinks};

/// The files of a raster.
#[derive(Debug, Clone)]
pub struct RasterFiles {
    /// The raster.
    pub raster: PathBuf,
    /// What each cell is, as the numbers of [`CellKind`].
    pub mask: Option<PathBuf>,
    /// Distance from the centre of each cell to the nearest used point, in units of the coordinate system.
    pub distance: Option<PathBuf>,
    /// Compression of all of them.
    pub compression: Compression,
}

impl RasterFiles {
    /// Refuses files that have the same name, or the extension of something else, and a hillshade of what can't be read again.
    /// `report` is another file that a job writes.
    ///
    /// # Errors
    /// If a file is refused.
    pub fn check_names(
        &self,
        hillshade: Option<&Path>,
        report: Option<&Path>,
    ) -> Result<(), OutputError> {
        let has = |path: &Path, extensions: &[&str]| {
            let own = path.extension().unwrap_or_default();
            extensions
                .iter()
                .any(|known| own.eq_ignore_ascii_case(known))
        };
        let rasters = [
            Some(&self.raster),
            self.mask.as_ref(),
            self.distance.as_ref(),
        ];
        let rasters = rasters.into_iter().flatten();
        let mut names: Vec<&Path> = rasters.map(PathBuf::as_path).collect();
        let wrong = names.iter().find(|path| !has(path, &["tif", "tiff"]));
        let wrong = wrong
            .copied()
            .or(hillshade.filter(|path| !has(path, &["png", "tif", "tiff"])));
        if let Some(path) = wrong {
            let problem = format!("{}: rasters are GeoTIFF, name it .tif", path.display());
            return Err(OutputError::Value(problem));
        }
        names.extend(hillshade);
        names.extend(report);
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) {
                let problem = format!("two files would be called {}", name.display());
                return Err(OutputError::Value(problem));
            }
        }
        if hillshade.is_some() && matches!(self.compression, Compression::Lerc { .. }) {
            let problem = "a hillshade can't read lerc: choose another compression";
            return Err(OutputError::Value(problem.into()));
        }
        Ok(())
    }

    /// Checks that all files can be created, before anything is read.
    pub(crate) fn check(&self) -> Result<(), JobError> {
        let paths = [
            Some(&self.raster),
            self.mask.as_ref(),
            self.distance.as_ref(),
        ];
        for path in paths.into_iter().flatten() {
            let created = Pending::create(path);
            created.map(drop).map_err(|source| JobError::File {
                output: path.display().to_string(),
                source,
            })?;
        }
        Ok(())
    }
}

/// The files, being written.
#[derive(Debug)]
pub(crate) struct OpenFiles {
    raster: RasterFile,
    mask: Option<RasterFile>,
    distance: Option<RasterFile>,
}

/// What the files contain, to encode tiles on any thread.
#[derive(Debug)]
pub(crate) struct Layouts {
    raster: Layout,
    mask: Option<Layout>,
    distance: Option<Layout>,
}

/// What a file contains.
#[derive(Debug)]
struct Layout {
    output: String,
    layout: Arc<CogLayout>,
}

impl Layout {
    fn encode(&self, [column, row]: [u32; 2], bands: &[Raster]) -> Result<EncodedTile, JobError> {
        let tile = self.layout.encode(column, row, bands);
        tile.map_err(|source| JobError::RasterFile {
            output: self.output.clone(),
            source,
        })
    }
}

/// A tile of each file.
#[derive(Debug)]
pub(crate) struct Tile {
    raster: EncodedTile,
    mask: Option<EncodedTile>,
    distance: Option<EncodedTile>,
    /// Number of cells of each kind.
    pub(crate) counts: [u64; CellKind::ALL.len()],
}

impl OpenFiles {
    /// # Errors
    /// If a file can't be created, or would be too large.
    pub(crate) fn create(
        pass: &mut Pass,
        model: &RasterModel,
        files: &RasterFiles,
        summary: &mut RasterSummary,
    ) -> Result<OpenFiles, JobError> {
        let described = Description::of(pass, model, files, summary);
        summary.bands = described.bands(model);
        let items = described.items.iter();
        summary.items = items
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let open = |path: &Path, sample, bands, resampling| {
            let layout = described.layout(path, sample, bands)?;
            let layout = layout.with_resampling(resampling);
            let side = described.side.clone().filter(|_| described.keys.is_none());
            RasterFile::create(path, layout, side)
        };
        let kind = Band {
            description: Some(CellKind::LEGEND.into()),
            ..Band::new("kind")
        };
        let distance = Band {
            unit: described.unit.clone(),
            ..Band::new("distance")
        };
        let (mean, most) = (Resampling::Average, Resampling::Mode);
        let mask = files.mask.as_ref();
        let mask = mask.map(|path| open(path, SampleType::U8, vec![kind.clone()], most));
        let far = files.distance.as_ref();
        let far = far.map(|path| open(path, SampleType::F32, vec![distance.clone()], mean));
        let made = OpenFiles {
            raster: open(
                &files.raster,
                described.sample,
                described.bands(model),
                mean,
            )?,
            mask: mask.transpose()?,
            distance: far.transpose()?,
        };
        let remark = match (&described.keys, &described.side) {
            (None, Some(_)) => Some(Remark::SideFile(files.raster.clone())),
            _ => described.unsaid.clone().map(Remark::Srs),
        };
        pass.remarks.extend(remark);
        Ok(made)
    }

    /// Number of columns and rows of tiles.
    pub(crate) fn tiles(&self) -> [u32; 2] {
        self.raster.layout().tiles()
    }

    pub(crate) fn layouts(&self) -> Layouts {
        let layout = |file: &RasterFile| Layout {
            output: file.name(),
            layout: Arc::clone(file.layout()),
        };
        Layouts {
            raster: layout(&self.raster),
            mask: self.mask.as_ref().map(layout),
            distance: self.distance.as_ref().map(layout),
        }
    }

    /// # Errors
    /// If a scratch file can't be written.
    pub(crate) async fn push(&mut self, tile: Tile, engine: &Engine) -> Result<(), JobError> {
        self.raster.push(tile.raster, engine).await?;
        if let (Some(file), Some(tile)) = (&mut self.mask, tile.mask) {
            file.push(tile, engine).await?;
        }
        if let (Some(file), Some(tile)) = (&mut self.distance, tile.distance) {
            file.push(tile, engine).await?;
        }
        Ok(())
    }

    /// Completes all files before the first gets its name.
    ///
    /// # Errors
    /// If one can't be written.
    pub(crate) fn finish(self) -> Result<(), JobError> {
        let files = [Some(self.raster), self.mask, self.distance];
        let finished = files.into_iter().flatten().map(RasterFile::finish);
        let finished = finished.collect::<Result<Vec<_>, _>>()?;
        finished.into_iter().try_for_each(Finished::keep)
    }
}

impl Layouts {
    /// Makes a tile of each file.
    ///
    /// # Errors
    /// If points can't be read again, or a tile can't be encoded.
    pub(crate) fn make(&self, maker: &Maker, tile: [u32; 2]) -> Result<Tile, JobError> {
        let window = self.raster.layout.window(tile[0], tile[1]);
        let made = maker.make(window)?;
        let mut counts = [0; CellKind::ALL.len()];
        for kind in made.kinds.values() {
            counts[*kind as usize] += 1;
        }
        let encode = |layout: &Option<Layout>, raster: Option<Raster>| {
            let both = layout.as_ref().zip(raster);
            both.map(|(layout, raster)| layout.encode(tile, &[raster]))
                .transpose()
        };
        Ok(Tile {
            raster: self.raster.encode(tile, &made.bands)?,
            counts,
            mask: encode(&self.mask, Some(made.kinds))?,
            distance: encode(&self.distance, made.distance)?,
        })
    }
}

/// What all files of a raster say of themselves.
struct Description {
    grid: Grid,
    keys: Option<GeoKeys>,
    /// The file that says the coordinate system to GDAL if keys can't.
    side: Option<String>,
    compression: Compression,
    /// What the values need: time and coordinates more than 32 bits.
    sample: SampleType,
    /// Unit of coordinates, and of heights.
    unit: Option<String>,
    height: Option<String>,
    /// What no file can say of the coordinate system.
    unsaid: Option<CrsError>,
    items: Vec<(&'static str, String)>,
}

impl Description {
    fn of(
        pass: &Pass,
        model: &RasterModel,
        files: &RasterFiles,
        summary: &RasterSummary,
    ) -> Description {
        let FileSrs { srs, unsaid } = sinks::file_srs(pass.selection());
        let mut items = vec![
            (
                "EPT_WRITER",
                concat!("ept ", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
            ("EPT_NOTE", note(pass, &model.bands())),
            ("EPT_POINTS_READ", summary.selected.to_string()),
            ("EPT_POINTS_USED", summary.used.to_string()),
        ];
        let depth = pass.found().deepest.map(|depth| depth.to_string());
        items.extend(depth.map(|depth| ("EPT_DEPTH_MAX", depth)));
        items.extend(summary.uses.clone().map(|uses| ("EPT_USES", uses)));
        Description {
            grid: summary.grid,
            keys: geo_keys(&srs),
            side: pam_xml(&srs),
            compression: files.compression,
            sample: sample(pass, model),
            unit: horizontal_unit(&srs),
            height: vertical_unit(&srs),
            unsaid,
            items,
        }
    }

    fn bands(&self, model: &RasterModel) -> Vec<Band> {
        let is_height = is_same_dimension(&model.value, "Z");
        let unit = self.height.clone().filter(|_| is_height);
        let counts = match &model.surface {
            Surface::Tin => vec![false],
            Surface::Statistics { statistics, .. } => statistics
                .iter()
                .map(|statistic| statistic.counts())
                .collect(),
        };
        let named = model.bands().into_iter().zip(counts);
        let band = |(name, counts): (String, bool)| Band {
            unit: unit.clone().filter(|_| !counts),
            ..Band::new(&name)
        };
        named.map(band).collect()
    }

    fn layout(
        &self,
        path: &Path,
        sample: SampleType,
        bands: Vec<Band>,
    ) -> Result<CogLayout, JobError> {
        let layout = CogLayout::new(self.grid, sample, bands);
        let layout = layout.map_err(|source| JobError::RasterFile {
            output: path.display().to_string(),
            source,
        })?;
        let mut layout = layout.with_compression(self.compression);
        if let Some(keys) = &self.keys {
            layout = layout.with_keys(keys.clone());
        }
        for (name, value) in &self.items {
            layout = layout.with_item(name, value);
        }
        Ok(layout)
    }
}

/// The type that has the values of a raster without loss that matters.
fn sample(pass: &Pass, model: &RasterModel) -> SampleType {
    let dimension = pass.selection().frame().dimension(&model.value);
    let is_long = dimension.is_some_and(|dimension| dimension.scalar.size() > 4);
    let is_height = is_same_dimension(&model.value, "Z");
    let is_place = ["X", "Y"]
        .iter()
        .any(|axis| is_same_dimension(&model.value, axis));
    if (is_long || is_place) && !is_height {
        SampleType::F64
    } else {
        SampleType::F32
    }
}
