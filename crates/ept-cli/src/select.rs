//! From flags to a dataset, a query and its nodes.

use anyhow::{Result, bail};
use ept_reader::{
    Area, Bounds, Cache, CloudOptions, Dataset, Edge, Error, HttpOptions, Loss, LostPart, Node,
    Options, Origin, Query, Relation,
};
use futures::StreamExt;

use crate::area;
use crate::args::{self, CacheArgs, DatasetArgs, OnError, ReadArgs, SelectArgs};
use crate::numbers::{counted, rounded};

/// A dataset with what to read of it.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) dataset: Dataset,
    pub(crate) selection: ept_reader::Selection,
    /// The nodes that the query selects, in order.
    pub(crate) nodes: Vec<Node>,
    /// What could not be read so far.
    pub(crate) losses: Losses,
}

/// Parts of the data that could not be read, or the decision that none may be.
#[derive(Debug)]
pub(crate) struct Losses {
    on_error: OnError,
    lost: Vec<Loss>,
}

impl Selection {
    /// Opens the dataset and finds the nodes.
    pub(crate) async fn open(select: &SelectArgs, read: &ReadArgs) -> Result<Selection> {
        let by = async |dataset: &Dataset| query(select, dataset).await;
        Selection::open_by(&select.dataset, &select.addons, read, by).await
    }

    /// Opens a dataset and finds the nodes of a query that is made for it.
    pub(crate) async fn open_by(
        args: &DatasetArgs,
        addons: &[(String, String)],
        read: &ReadArgs,
        query: impl AsyncFnOnce(&Dataset) -> Result<Query>,
    ) -> Result<Selection> {
        let dataset = open_dataset(args, addons, read).await?;
        let query = query(&dataset).await?;
        let mut selection = Selection {
            losses: Losses::new(read.on_error),
            nodes: Vec::new(),
            selection: dataset.select(&query)?,
            dataset,
        };
        let mut nodes = selection.selection.nodes();
        while let Some(node) = nodes.next().await {
            selection.nodes.extend(selection.losses.sort_out(node)?);
        }
        Ok(selection)
    }

    /// Number of points in the selected nodes: at least as many as the query selects.
    pub(crate) fn points(&self) -> u64 {
        self.nodes.iter().map(|node| node.points).sum()
    }

    /// The nodes of the selection, as a phrase.
    pub(crate) fn extent(&self) -> String {
        let nodes = counted(self.nodes.len() as u64, "node");
        let Some(deepest) = self.nodes.iter().map(|node| node.key.depth()).max() else {
            return nodes;
        };
        let frame = self.dataset.frame();
        let spacing = frame.spacing_at(deepest).unwrap_or(f64::NAN);
        let ground = self.selection.metres_per_unit();
        let ground = ground.map_or_else(
            |_| String::new(),
            |scale| {
                format!(
                    ", {} m on the ground",
                    rounded(spacing * scale[0].max(scale[1]), 3)
                )
            },
        );
        format!(
            "{nodes}, depths 0 to {deepest} (spacing {}{ground})",
            rounded(spacing, 6)
        )
    }

    /// Why a query found nothing.
    pub(crate) fn why_nothing(&self) -> String {
        if !self.losses.is_empty() {
            return "nothing of what there is could be read".into();
        }
        let query = self.selection.query();
        let areas = query.areas();
        let extent = self.dataset.frame().extent();
        if !areas.is_empty() && self.selection.relation(extent) == Relation::Outside {
            let mut text = format!(
                "the area lies outside of the dataset, whose bounds are {}",
                corners(extent)
            );
            let is_plain = |area: &Area| area.as_bounds().is_some_and(|area| is_degrees(&area));
            if areas.iter().any(is_plain) && !is_degrees(extent) {
                text += "; the area looks like longitude and latitude: add --crs EPSG:4326";
            }
            return text;
        }
        if query.filter().is_some() {
            return "no point meets the condition in the area at the selected depths".into();
        }
        if areas.is_empty() && query.origin().is_none() {
            "the selected depths have no points".into()
        } else {
            "no point lies within the area at the selected depths".into()
        }
    }
}

/// The query of the flags, bound to its dataset.
pub(crate) async fn opened(select: &SelectArgs, read: &ReadArgs) -> Result<ept_reader::Selection> {
    let dataset = open_dataset(&select.dataset, &select.addons, read).await?;
    let query = query(select, &dataset).await?;
    Ok(dataset.select(&query)?)
}

async fn open_dataset(
    args: &DatasetArgs,
    addons: &[(String, String)],
    read: &ReadArgs,
) -> Result<Dataset> {
    let mut options = options(args);
    options.limits.requests = read.requests;
    options.limits.threads = read.threads.unwrap_or(options.limits.threads);
    let mut dataset = Dataset::open_with(&args.location, &options).await?;
    for (name, place) in addons {
        dataset = dataset.with_addon(name, place).await?;
    }
    Ok(dataset)
}

impl Losses {
    pub(crate) fn new(on_error: OnError) -> Losses {
        Losses {
            on_error,
            lost: Vec::new(),
        }
    }

    /// The item; none when it is lost and may be; the error when it may not or is another one.
    pub(crate) fn sort_out<T>(&mut self, item: Result<T, Error>) -> Result<Option<T>, Error> {
        match item {
            Ok(item) => Ok(Some(item)),
            Err(error) => match (error.loss(), self.on_error) {
                (Some(loss), OnError::Skip) => {
                    self.lost.push(loss.clone());
                    Ok(None)
                }
                _ => Err(error),
            },
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lost.is_empty()
    }

    /// What was lost: pages first, then by node.
    pub(crate) fn sorted(&self) -> Vec<&Loss> {
        let mut lost: Vec<&Loss> = self.lost.iter().collect();
        lost.sort_by_key(|loss| (loss.part != LostPart::Page, loss.key));
        lost
    }

    /// Tells each loss on standard error.
    pub(crate) fn tell(&self) {
        for loss in self.sorted() {
            eprintln!("lost: {loss}");
        }
        if !self.is_empty() {
            let parts = counted(self.lost.len() as u64, "part");
            eprintln!("incomplete: {parts} of the data could not be read");
        }
    }
}

/// How a dataset is opened by the flags that every command has.
pub(crate) fn options(args: &DatasetArgs) -> Options {
    Options {
        timeout: args.timeout,
        cache: cache(&args.cache),
        http: HttpOptions {
            headers: args.headers.clone(),
            ..HttpOptions::default()
        },
        cloud: CloudOptions {
            requester_pays: args.requester_pays,
            endpoint: args.endpoint.clone(),
        },
        ..Options::default()
    }
}

/// The cache of the flags, where they name one.
pub(crate) fn cache(args: &CacheArgs) -> Option<Cache> {
    let folder = args
        .folder
        .as_ref()
        .filter(|folder| !folder.as_os_str().is_empty())?;
    Some(Cache::new(folder, args.size))
}

/// The query of the flags.
pub(crate) async fn query(select: &SelectArgs, dataset: &Dataset) -> Result<Query> {
    let mut query = Query::new().with_edge(match select.area.edge {
        args::Edge::Closed => Edge::Closed,
        args::Edge::HalfOpen => Edge::HalfOpen,
    });
    for area in area::areas(&select.area)? {
        query = query.with_area(area);
    }
    if let Some(resolution) = select.resolution {
        query = query.with_resolution(resolution);
    }
    if let Some(filter) = &select.filter {
        query = query.with_filter(filter.clone());
    }
    if let Some(origin) = &select.origin {
        query = query.with_origin(origin_of(select, origin, dataset).await?);
    }
    if let Some(depth) = select.depth {
        query = query.with_depth(depth);
    }
    if let Some(dims) = &select.dims {
        query = query.with_dimensions(dims.iter().map(|name| name.trim()));
    }
    if let Some(most) = select.max_points {
        query = query.with_max_points(most);
    }
    Ok(query)
}

async fn origin_of(select: &SelectArgs, origin: &str, dataset: &Dataset) -> Result<Origin> {
    let mut origin = dataset.origin(origin).await?;
    origin.by_bounds = select.origin_by_bounds;
    if origin.by_bounds && origin.bounds.is_none() {
        bail!("the source has no bounds that --origin-by-bounds could go by");
    }
    if !origin.by_bounds && dataset.frame().dimension("OriginId").is_none() {
        bail!(
            "the dataset has no OriginId, so points cannot be told by their source; --origin-by-bounds takes all \
             points within the source's bounds"
        );
    }
    Ok(origin)
}

/// The corners of a box in the form that `--bounds` takes.
pub(crate) fn corners(bounds: &Bounds) -> String {
    let numbers = bounds.min().into_iter().chain(bounds.max());
    numbers
        .map(|number| number.to_string())
        .collect::<Vec<_>>()
        .join(",")
}

fn is_degrees(bounds: &Bounds) -> bool {
    let within = |number: f64, most: f64| number.abs() <= most;
    [bounds.min(), bounds.max()]
        .iter()
        .all(|c| within(c[0], 180.0) && within(c[1], 90.0))
}
