//! All rows of the table.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use ept_reader::{Dataset, Metadata, Query};
use tempfile::TempDir;

use super::bare::Tiles;
use super::child::{self, Cost};
use super::columns::Files;
use super::part::{Part, Work};
use super::row::{Clock, Row};
use super::server::Server;
use super::survey::Survey;

/// What the rows need.
pub(crate) struct Rows {
    /// The command.
    pub(crate) ept: PathBuf,
    /// This program, which does the rest of the work.
    pub(crate) xtask: PathBuf,
    pub(crate) threads: NonZeroUsize,
    /// Folder of generated datasets.
    pub(crate) made: PathBuf,
    /// The dataset for most rows.
    pub(crate) laszip: PathBuf,
    pub(crate) scratch: TempDir,
}

/// Latencies of the web server.
const LATENCIES: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(20),
    Duration::from_millis(100),
];
/// Allowance for an area on top of its tiles, over HTTP apart from latency.
const OPENING: Duration = Duration::from_millis(15);
/// Allowance for the first batch on top of its tile.
const FIRST: Duration = Duration::from_millis(20);
/// Entries of a hierarchy to be walked per second.
const PACE: f64 = 2e6;
/// Time allowed for an area of a large hierarchy.
const LOOKUP: Duration = Duration::from_millis(50);
/// The limit of reading tiles of fixed fields.
const READ: &str = "files read to one buffer, values written to columns";
/// Side of that area, in metres.
const PLOT: f64 = 200.0;

impl Rows {
    /// The datasets, in words.
    pub(crate) fn describe(&self) -> Result<String> {
        let tiles = Tiles::load(&self.laszip, &Query::new())?;
        let name = self.laszip.file_name().unwrap_or_default();
        Ok(format!(
            "Laszip: {}, {} points in {} tiles.",
            name.to_string_lossy(),
            tiles.points(),
            tiles.len()
        ))
    }

    /// Makes one row at a time, so that only what it needs is in memory.
    pub(crate) fn each(&self, mut then: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        self.chunks(&mut then)?;
        self.whole(&mut then)?;
        self.files(&mut then)?;
        self.rasters(&mut then)?;
        self.areas(&mut then)?;
        self.encodings(&mut then)?;
        self.hierarchy(&mut then)
    }

    /// Decoder and encoder alone: `ept-laz` against `laz`.
    fn chunks(&self, then: &mut impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let mut folders = vec![
            (self.laszip.clone(), 0.71, 0.65),
            (self.made.join("large-laz-pf3"), 0.71, 0.65),
            (self.made.join("large-laz-pf7"), 0.8, 0.7),
        ];
        let samples = crate::workspace().join("../shared/samples/ept");
        let known = [
            ("terrain-laz", 0.71, 0.65),
            ("pdal-lone-star-laszip", 0.71, 0.65),
            ("terrain-laz14", 0.8, 0.7),
        ];
        let known = known.map(|(name, decode, encode)| (samples.join(name), decode, encode));
        folders.extend(known.into_iter().filter(|(folder, ..)| folder.is_dir()));
        for (folder, decode, encode) in folders {
            let tiles = Tiles::load(&folder, &Query::new())?;
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            then(&Row {
                work: format!("chunks of {name} by ept-laz, one thread"),
                limit: "by laz".into(),
                goal: Some(decode),
                clock: Clock::Wall,
                measure_limit: Box::new(|| tiles.decode(1)),
                measure: Box::new(|| Ok(Cost::of(tiles.decode_by_ept_laz()?))),
            })?;
            then(&Row {
                work: format!("chunks of {name} encoded by ept-laz, one thread"),
                limit: "by laz".into(),
                goal: Some(encode),
                clock: Clock::Wall,
                measure_limit: Box::new(|| tiles.encode()),
                measure: Box::new(|| Ok(Cost::of(tiles.encode_by_ept_laz()?))),
            })?;
        }
        Ok(())
    }

    fn whole(&self, then: &mut impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let tiles = Tiles::load(&self.laszip, &Query::new())?;
        let decode = || tiles.decode(self.threads.get());
        let recode = || tiles.recode(self.threads.get());
        then(&Row {
            work: "all points to nothing".into(),
            limit: "bare decode".into(),
            goal: Some(1.05),
            clock: Clock::Wall,
            measure_limit: Box::new(decode),
            measure: Box::new(|| self.part(&self.all(Work::Points, &self.laszip))),
        })?;
        then(&Row {
            work: "`ept stats`".into(),
            limit: "bare decode".into(),
            goal: Some(1.1),
            clock: Clock::Wall,
            measure_limit: Box::new(decode),
            measure: Box::new(|| self.ept("stats", None)),
        })?;
        // The bare encoder keeps the point format of the tiles, but COPC has 6 to 8.
        let outputs = [("LAZ", "all.laz", 0.65), ("COPC", "all.copc.laz", 0.75)];
        for (work, out, goal) in outputs {
            then(&Row {
                work: format!("`ept query` to {work}"),
                limit: "bare decode and encode".into(),
                goal: Some(goal),
                clock: Clock::Wall,
                measure_limit: Box::new(recode),
                measure: Box::new(|| self.ept("query", Some(out))),
            })?;
        }
        let root = Tiles::load(&self.laszip, &Query::new().with_depth(0))?;
        then(&Row {
            work: "first batch after `open`".into(),
            limit: "bare decode of its tile + 20 ms".into(),
            goal: Some(1.0),
            clock: Clock::Wall,
            measure_limit: Box::new(|| Ok(root.decode(1)? + FIRST)),
            measure: Box::new(|| self.part(&self.all(Work::First, &self.laszip))),
        })
    }

    /// Files, and a survey of files, made from the dataset by the command.
    fn files(&self, then: &mut impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let name = self.laszip.file_name().unwrap_or_default();
        let survey = self.made.join(name).with_extension("survey");
        let survey = Survey::make(survey, &self.laszip, &self.ept)?;
        let threads = self.threads.get();
        for (name, file) in [("a LAZ file", &survey.laz), ("a COPC file", &survey.copc)] {
            let chunks = Tiles::of_files(std::slice::from_ref(file))?;
            let part = self.all(Work::Points, file);
            then(&Row {
                work: format!("all points of {name} to nothing"),
                limit: "bare decode of its chunks".into(),
                goal: Some(0.8),
                clock: Clock::Wall,
                measure_limit: Box::new(|| chunks.decode(threads)),
                measure: Box::new(|| self.part(&part)),
            })?;
        }
        let chunks = Tiles::of_files(&survey.tiles)?;
        for (name, out, goal) in [("LAZ", "tiles.laz", 1.1), ("COPC", "tiles.copc.laz", 1.5)] {
            then(&Row {
                work: format!("{} tiles to {name}", survey.tiles.len()),
                limit: "bare decode and encode".into(),
                goal: Some(goal),
                clock: Clock::Wall,
                measure_limit: Box::new(|| chunks.recode(threads)),
                measure: Box::new(|| self.ept_of("query", &survey.tiles, Some(out))),
            })?;
        }
        Ok(())
    }

    /// Terrain models. PDAL 2.10's, of ten million points of another dataset on two cores, took 11.5 to 13.1 s and 368 to
    /// 393 MB with a radius, 65.7 to 75.6 s and 1,111 MB with outliers, 25 s and 2,039 MB with triangles.
    fn rasters(&self, then: &mut impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let points = self.all(Work::Points, &self.laszip);
        for kernel in ["cell", "radius"] {
            let flags = ["--method", "min", "--kernel", kernel];
            then(&Row {
                work: format!("`ept dtm`, lowest points, {kernel} kernel"),
                limit: "all points to nothing".into(),
                goal: Some(1.15),
                clock: Clock::Wall,
                measure_limit: Box::new(|| Ok(self.part(&points)?.time)),
                measure: Box::new(move || self.dtm(&flags)),
            })?;
        }
        let slow: [(&str, &[&str], u64); 2] = [
            ("triangles", &["--method", "tin"], 15),
            (
                "lowest points without outliers",
                &["--method", "min", "--outlier", "k=8,m=3"],
                20,
            ),
        ];
        for (name, flags, seconds) in slow {
            then(&Row {
                work: format!("`ept dtm`, {name}, processor time"),
                limit: format!("{seconds} s"),
                goal: Some(1.0),
                clock: Clock::Processor,
                measure_limit: Box::new(move || Ok(Duration::from_secs(seconds))),
                measure: Box::new(move || self.dtm(flags)),
            })?;
        }
        Ok(())
    }

    fn areas(&self, then: &mut impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let server = Server::start(self.laszip.clone())?;
        let levels = page_levels(&self.laszip)?;
        let metadata = metadata(&self.laszip)?;
        for (share, spacing) in [(0.01, 1.0), (0.01, 4.0), (0.1, 1.0), (0.1, 4.0)] {
            let mut part = self.all(Work::Points, &self.laszip);
            part.bounds = middle(&metadata, share);
            if spacing > 1.0 {
                let deepest = deepest(&self.laszip)?;
                part.resolution = Some(metadata.spacing(deepest) * spacing);
            }
            let tiles = Tiles::load(&self.laszip, &part.query()?)?;
            let threads = self.threads.get();
            let what = format!("{:.0} % of the area at {spacing} x spacing", share * 100.0);
            then(&Row {
                work: format!("{what}, local"),
                limit: "1.25 x bare decode of its tiles + 15 ms".into(),
                goal: Some(1.0),
                clock: Clock::Wall,
                measure_limit: Box::new(|| Ok(tiles.decode(threads)?.mul_f64(1.25) + OPENING)),
                measure: Box::new(|| self.part(&part)),
            })?;
            for latency in LATENCIES {
                let rounds = levels + 2;
                part.dataset = server.url(latency);
                let part = part.clone();
                then(&Row {
                    work: format!("{what}, HTTP at {} ms", latency.as_millis()),
                    limit: format!("{rounds} x latency + 1.25 x transfer and decode"),
                    goal: Some(1.0),
                    clock: Clock::Wall,
                    measure_limit: Box::new(|| {
                        let transfer = super::timed(|| server.fetch(tiles.paths()))?;
                        let work = transfer + tiles.decode(threads)?;
                        Ok(latency * rounds + work.mul_f64(1.25))
                    }),
                    measure: Box::new(move || self.part(&part)),
                })?;
            }
        }
        Ok(())
    }

    fn encodings(&self, then: &mut impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let all = [
            ("binary", "large-binary", READ, 1.5),
            ("zstandard", "large-zstandard", READ, 1.5),
            ("point format 7", "large-laz-pf7", "bare decode", 1.05),
        ];
        for (name, folder, limit, goal) in all {
            let folder = self.made.join(folder);
            let measure_limit: Box<dyn Fn() -> Result<Duration>> = if limit == READ {
                let files = Files::of(&folder)?;
                Box::new(move || files.read(self.threads.get()))
            } else {
                let tiles = Tiles::load(&folder, &Query::new())?;
                Box::new(move || tiles.decode(self.threads.get()))
            };
            let part = self.all(Work::Points, &folder);
            then(&Row {
                work: format!("all points of {name} to columns"),
                limit: limit.into(),
                goal: Some(goal),
                clock: Clock::Wall,
                measure_limit,
                measure: Box::new(|| self.part(&part)),
            })?;
            if name == "point format 7" {
                let tiles = Tiles::load(&folder, &Query::new())?;
                let mut part = part.clone();
                part.dimensions = vec!["Intensity".into(), "Classification".into()];
                then(&Row {
                    work: "Intensity and Classification of point format 7".into(),
                    limit: "bare decode".into(),
                    goal: Some(0.65),
                    clock: Clock::Wall,
                    measure_limit: Box::new(|| tiles.decode(self.threads.get())),
                    measure: Box::new(|| self.part(&part)),
                })?;
            }
        }
        Ok(())
    }

    fn hierarchy(&self, then: &mut impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let folder = self.made.join("hierarchy");
        let nodes = nodes(&folder)?;
        let pace = Duration::from_secs_f64(nodes as f64 / PACE);
        let metadata = metadata(&folder)?;
        let [low, high] = [metadata.bounds().min(), metadata.bounds().max()];
        let plot = [0, 1].map(|i| (low[i] + high[i]) / 2.0 + 321.0);
        let walk = self.all(Work::Nodes, &folder);
        then(&Row {
            work: format!("walk of {nodes} nodes, processor time"),
            limit: "2 million nodes a second".into(),
            goal: Some(1.0),
            clock: Clock::Processor,
            measure_limit: Box::new(|| Ok(pace)),
            measure: Box::new(|| self.part(&walk)),
        })?;
        for (name, work) in [("nodes", Work::Nodes), ("plan", Work::Plan)] {
            let mut part = self.all(work, &folder);
            part.bounds = flat([plot[0], plot[1], plot[0] + PLOT, plot[1] + PLOT]);
            then(&Row {
                work: format!("{name} of {PLOT} m of it"),
                limit: "50 ms".into(),
                goal: Some(1.0),
                clock: Clock::Wall,
                measure_limit: Box::new(|| Ok(LOOKUP)),
                measure: Box::new(|| self.part(&part)),
            })?;
        }
        Ok(())
    }

    fn all(&self, work: Work, dataset: &Path) -> Part {
        Part {
            work,
            dataset: dataset.to_string_lossy().into_owned(),
            threads: self.threads,
            bounds: Vec::new(),
            resolution: None,
            dimensions: Vec::new(),
        }
    }

    fn part(&self, part: &Part) -> Result<Cost> {
        let mut command = Command::new(&self.xtask);
        child::run(command.arg("bench-part").args(part.arguments()?))
    }

    fn ept(&self, name: &str, out: Option<&str>) -> Result<Cost> {
        self.ept_of(name, std::slice::from_ref(&self.laszip), out)
    }

    fn dtm(&self, flags: &[&str]) -> Result<Cost> {
        let mut command = Command::new(&self.ept);
        // Datasets without classes have ground too.
        command.arg("dtm").arg(&self.laszip).args(flags);
        command.args(["--class", "0,1,2"]);
        command.args(["--quiet", "--threads", &self.threads.to_string()]);
        command
            .arg("--output")
            .arg(self.scratch.path().join("dtm.tif"));
        child::run(&mut command)
    }

    fn ept_of(&self, name: &str, datasets: &[PathBuf], out: Option<&str>) -> Result<Cost> {
        let mut command = Command::new(&self.ept);
        command.arg(name).args(datasets).arg("--quiet");
        command.args(["--threads", &self.threads.to_string()]);
        if let Some(out) = out {
            command.arg("--output").arg(self.scratch.path().join(out));
        }
        child::run(&mut command)
    }
}

fn metadata(folder: &Path) -> Result<Metadata> {
    let text = std::fs::read(folder.join("ept.json"));
    let text = text.with_context(|| folder.display().to_string())?;
    Ok(Metadata::from_json(&text)?)
}

/// A square in the centre with this share of the points' area.
fn middle(metadata: &Metadata, share: f64) -> Vec<f64> {
    let extent = metadata.bounds_conforming().unwrap_or(metadata.bounds());
    let (min, max) = (extent.min(), extent.max());
    let half = [0, 1].map(|i| (max[i] - min[i]) * share.sqrt() / 2.0);
    let at = [0, 1].map(|i| (min[i] + max[i]) / 2.0);
    flat([
        at[0] - half[0],
        at[1] - half[1],
        at[0] + half[0],
        at[1] + half[1],
    ])
}

fn flat([x0, y0, x1, y1]: [f64; 4]) -> Vec<f64> {
    vec![x0, y0, f64::NEG_INFINITY, x1, y1, f64::INFINITY]
}

/// Number of levels of pages, from their file names.
fn page_levels(folder: &Path) -> Result<u32> {
    let mut depths = BTreeSet::new();
    for page in folder.join("ept-hierarchy").read_dir()? {
        let name = page?.file_name();
        let depth = name.to_string_lossy().split('-').next().map(str::to_owned);
        depths.extend(depth);
    }
    Ok(u32::try_from(depths.len())?)
}

/// Number of nodes of a dataset.
fn nodes(folder: &Path) -> Result<u64> {
    let plan = plan(folder)?;
    Ok(plan.depths.iter().map(|depth| depth.nodes).sum())
}

fn deepest(folder: &Path) -> Result<u32> {
    let plan = plan(folder)?;
    Ok(plan.depths.last().context("no nodes")?.depth)
}

fn plan(folder: &Path) -> Result<ept_reader::Plan> {
    let runtime = tokio::runtime::Runtime::new()?;
    let dataset = runtime.block_on(Dataset::open(&folder.to_string_lossy()))?;
    Ok(runtime.block_on(dataset.select(&Query::new())?.plan())?.0)
}
