//! Work done with a dataset in a process of its own, so that its memory can be measured.

use std::num::NonZeroUsize;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use ept_reader::{Bounds, Dataset, Limits, Options, Query};
use futures::TryStreamExt;

/// Use of the library to be measured.
#[derive(Debug, Clone, Args)]
pub(crate) struct Part {
    #[arg(value_enum)]
    pub(crate) work: Work,
    /// Folder or URL of a dataset
    pub(crate) dataset: String,
    /// Number of threads that decode
    #[arg(long, default_value = "1")]
    pub(crate) threads: NonZeroUsize,
    /// Minimum and maximum corner: minx,miny,minz,maxx,maxy,maxz
    #[arg(long, allow_hyphen_values = true, value_delimiter = ',')]
    pub(crate) bounds: Vec<f64>,
    /// Required spacing
    #[arg(long)]
    pub(crate) resolution: Option<f64>,
    /// Requested dimensions
    #[arg(long, value_delimiter = ',')]
    pub(crate) dimensions: Vec<String>,
}

/// The work, from opening the dataset to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// Decode all selected points and drop them
    Points,
    /// Read up to the first batch of points
    First,
    /// Find and count all selected nodes
    Nodes,
    /// Plan the query
    Plan,
}

impl Part {
    /// The same as arguments of the command.
    pub(crate) fn arguments(&self) -> Result<Vec<String>> {
        let work = self.work.to_possible_value().context("it has a name")?;
        let mut arguments = vec![work.get_name().to_owned(), self.dataset.clone()];
        let mut add = |flag: &str, value: String| arguments.push(format!("--{flag}={value}"));
        add("threads", self.threads.to_string());
        if !self.bounds.is_empty() {
            let bounds: Vec<String> = self.bounds.iter().map(f64::to_string).collect();
            add("bounds", bounds.join(","));
        }
        if let Some(resolution) = self.resolution {
            add("resolution", resolution.to_string());
        }
        if !self.dimensions.is_empty() {
            add("dimensions", self.dimensions.join(","));
        }
        Ok(arguments)
    }

    /// The query.
    pub(crate) fn query(&self) -> Result<Query> {
        let mut query = Query::new();
        if let [x0, y0, z0, x1, y1, z1] = self.bounds[..] {
            query = query.with_bounds(Bounds::new([x0, y0, z0], [x1, y1, z1])?);
        } else {
            ensure!(self.bounds.is_empty(), "bounds have six numbers");
        }
        if let Some(resolution) = self.resolution {
            query = query.with_resolution(resolution);
        }
        if !self.dimensions.is_empty() {
            query = query.with_dimensions(self.dimensions.iter().cloned());
        }
        Ok(query)
    }

    /// Does the work, and prints how many seconds it took.
    pub(crate) fn run(&self) -> Result<()> {
        let runtime = tokio::runtime::Runtime::new()?;
        let start = Instant::now();
        let count = runtime.block_on(self.count())?;
        println!("{} {count}", start.elapsed().as_secs_f64());
        Ok(())
    }

    async fn count(&self) -> Result<u64> {
        let limits = Limits {
            threads: self.threads,
            ..Limits::default()
        };
        let options = Options {
            limits,
            ..Options::default()
        };
        let dataset = Dataset::open_with(&self.dataset, &options).await?;
        let query = self.query()?;
        Ok(match self.work {
            Work::Points => {
                let mut counts = dataset.select(&query)?.map(|tile| tile.points.len() as u64);
                let mut points = 0;
                while let Some(count) = counts.try_next().await? {
                    points += count;
                }
                points
            }
            Work::First => {
                let first = dataset.select(&query)?.points().try_next().await?;
                first.context("no points")?.points.len() as u64
            }
            Work::Nodes => {
                let nodes = dataset.select(&query)?.nodes();
                let count = nodes.try_fold(0, async |count, _| Ok(count + 1));
                count.await?
            }
            Work::Plan => {
                let (plan, losses) = dataset.select(&query)?.plan().await?;
                ensure!(losses.is_empty(), "pages are lost");
                plan.depths.iter().map(|depth| depth.nodes).sum()
            }
        })
    }
}
